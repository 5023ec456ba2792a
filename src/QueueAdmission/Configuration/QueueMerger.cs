namespace QueueAdmission;

/// <summary>Lays the settings of each queue over one another, from the weakest to the strongest: code, configuration for all queues, configuration for this one.</summary>
internal sealed class QueueMerger(CodeSettings code, SettingsSection defaults)
{
    private readonly OrderedDictionary<string, RequestQueueOptions> _queues = new(QueueName.Comparer);
    private readonly Dictionary<string, SettingOrigins> _origins = new(QueueName.Comparer);
    private readonly List<(string Path, bool IsInherited, string Message, string Queue)> _errors = [];

    public OrderedDictionary<string, RequestQueueOptions> Queues => _queues;

    public IReadOnlyDictionary<string, SettingOrigins> Origins => _origins;

    public void Add(string name, SettingsSection own)
    {
        var options = code.For(name);
        defaults.ApplyTo(options);
        own.ApplyTo(options);
        _queues.Add(name, options);
        _origins.Add(name, new SettingOrigins(code.For(name), defaults, own));
        foreach (var error in JobQueueOptionsValidator.FindErrors(options))
        {
            var ownPath = own.PathOf(error.Key);
            _errors.Add((ownPath ?? defaults.PathOf(error.Key) ?? $"{error.Key} in code", ownPath is null, error.Message, name));
        }
    }

    /// <summary>What is out of range. A bad value that several queues inherit is one mistake, and whose it is goes without saying if every queue has it.</summary>
    public IEnumerable<string> FindErrors() => _errors
        .GroupBy(error => (error.Path, error.IsInherited, error.Message), error => error.Queue)
        .Select(group => group.Key.IsInherited && group.Count() < _queues.Count
            ? $"{group.Key.Path} for {string.Join(", ", group)} {group.Key.Message}"
            : $"{group.Key.Path} {group.Key.Message}");
}

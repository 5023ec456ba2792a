namespace QueueAdmission;

/// <summary>
/// Combines the layers of each queue. From the weakest to the strongest, they are: code, <c>Defaults</c> in
/// configuration, and the queue in configuration.
/// </summary>
internal sealed class QueueMerger(CodeSettings code, SettingsLayer defaults)
{
    private readonly OrderedDictionary<string, RequestQueueOptions> _queues = new(QueueName.Comparer);
    private readonly OrderedDictionary<string, SettingLayers> _layers = new(QueueName.Comparer);
    private readonly List<(string Path, bool IsInherited, string Message, string Queue)> _errors = [];

    public OrderedDictionary<string, RequestQueueOptions> Queues => _queues;

    public IReadOnlyDictionary<string, SettingLayers> Layers => _layers;

    public void Add(string name, SettingsLayer own)
    {
        var layers = code.LayersOf(name).With([defaults, own]);
        var options = layers.Fold();
        _queues.Add(name, options);
        _layers.Add(name, layers);
        foreach (var error in JobQueueOptionsValidator.FindErrors(options))
        {
            var (path, isOfQueue) = layers.FindPath(error.Key);
            _errors.Add((path ?? $"{error.Key} in code", !isOfQueue, error.Message, name));
        }
        foreach (var (key, message) in UnregisteredSettings.FindErrors(options, code.Table.All))
            _errors.Add(($"{key} in code", IsInherited: true, message, name));
    }

    /// <summary>
    /// Returns the errors of settings that are out of range or have no effect. A wrong value that several queues
    /// inherit is one error. The error names these queues, unless all queues have it.
    /// </summary>
    public IEnumerable<string> FindErrors() => _errors
        .GroupBy(error => (error.Path, error.IsInherited, error.Message), error => error.Queue)
        .Select(group => group.Key.IsInherited && group.Count() < _queues.Count
            ? $"{group.Key.Path} for {string.Join(", ", group)} {group.Key.Message}"
            : $"{group.Key.Path} {group.Key.Message}");
}

using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// Reads the queues from configuration, on top of what code asked for. It goes through the whole section and collects every mistake with its full path:
/// the framework's binder stops at the first one and names no path, and it takes null for an object and 30 for 30 days.
/// </summary>
internal sealed class QueueConfigurationReader
{
    private const string SchemaKey = "$schema";
    private const string FallbackQueueKey = nameof(QueuedAdmissionOptions.FallbackQueue);
    private const string DefaultsKey = nameof(QueuedAdmissionOptions.Defaults);
    private const string QueuesKey = "Queues";
    private static readonly string[] RootKeys = [FallbackQueueKey, DefaultsKey, QueuesKey];

    private readonly CodeSettings _code;
    private readonly IConfigurationSection _section;
    private readonly List<string> _errors = [];
    private readonly OrderedDictionary<string, SettingsSection> _queues = new(QueueName.Comparer);
    private SettingsSection _defaults = SettingsSection.Empty;
    private (string? Name, string Path) _fallbackQueue;

    private QueueConfigurationReader(IConfiguration configuration, CodeSettings code)
    {
        _code = code;
        _section = configuration.GetSection(code.Section);
        _fallbackQueue = (code.FallbackQueue, $"{FallbackQueueKey} in code");
    }

    /// <summary>Reads everything. What was read may be used only if there are no errors.</summary>
    public static (ConfiguredQueues Queues, IReadOnlyList<string> Errors) Read(IConfiguration configuration, CodeSettings code)
    {
        var reader = new QueueConfigurationReader(configuration, code);
        if (code.Section == QueuedAdmissionOptions.DefaultSection)
            reader._errors.AddRange(MisnamedSection.FindErrors(configuration));
        reader.ReadRoot();
        var queues = reader.Merge();
        reader.CheckFallbackQueue(queues.Queues.Keys);
        return (queues, reader._errors);
    }

    private void ReadRoot()
    {
        ExpectObject(_section, $"an object with {string.Join(", ", RootKeys)}");
        foreach (var child in _section.GetChildren())
        {
            if (Is(child, FallbackQueueKey))
                ReadFallbackQueue(child);
            else if (Is(child, DefaultsKey))
                _defaults = ReadSettings(child);
            else if (Is(child, QueuesKey))
                ReadQueues(child);
            else if (!Is(child, SchemaKey))
                _errors.Add(UnknownKey(child, GuessRootKey(child), RootKeys));
        }
    }

    private void ReadFallbackQueue(IConfigurationSection section)
    {
        if (ExpectValue(section, "the name of a queue") is { } name)
            _fallbackQueue = (name, section.Path);
    }

    private void ReadQueues(IConfigurationSection section)
    {
        ExpectObject(section, "an object with one object for each queue");
        foreach (var queue in section.GetChildren())
        {
            if (!QueueName.IsValid(queue.Key))
                _errors.Add($"{queue.Path}: '{queue.Key}' is not a name for a queue; allowed: {QueueName.Allowed}.");
            _queues[queue.Key] = ReadSettings(queue);
        }
    }

    private SettingsSection ReadSettings(IConfigurationSection section)
    {
        ExpectObject(section, "an object with settings");
        var settings = new SettingsSection();
        foreach (var child in section.GetChildren())
        {
            if (QueueSetting.All.FirstOrDefault(setting => Is(child, setting.Key)) is not { } setting)
                _errors.Add(UnknownKey(child, Spelling.Nearest(child.Key, QueueSetting.All.Select(known => known.Key)), QueueSetting.All.Select(known => known.Key)));
            else if (ExpectValue(child, setting.Allowed) is { } text)
                _errors.AddRange(settings.Add(setting, child.Path, text));
        }
        return settings;
    }

    /// <summary>Lays the settings over one another, from the weakest to the strongest, and asks for the ranges.</summary>
    private ConfiguredQueues Merge()
    {
        var merged = new OrderedDictionary<string, RequestQueueOptions>(QueueName.Comparer);
        var mistakes = new List<(string Message, string Queue)>();
        foreach (var name in _code.QueueNames.Concat(_queues.Keys).Distinct(QueueName.Comparer))
        {
            var own = _queues.GetValueOrDefault(name, SettingsSection.Empty);
            var options = _code.For(name);
            _defaults.ApplyTo(options);
            own.ApplyTo(options);
            merged[name] = options;
            mistakes.AddRange(JobQueueOptionsValidator.FindErrors(options)
                .Select(error => ($"{own.PathOf(error.Key) ?? _defaults.PathOf(error.Key) ?? $"{error.Key} in code"} {error.Message}", name)));
        }
        // A value that several queues inherit is one mistake; whose it is goes without saying if every queue has it, or if the path says it.
        _errors.AddRange(mistakes.GroupBy(mistake => mistake.Message, mistake => mistake.Queue)
            .Select(group => group.Count() == merged.Count || IsOwn(group) ? group.Key : $"{group.Key} (of {ListNames("queue", group)})"));
        return new ConfiguredQueues(merged, _fallbackQueue.Name);

        bool IsOwn(IGrouping<string, string> group) => group.Key.StartsWith($"{_section.Path}:{QueuesKey}:", StringComparison.OrdinalIgnoreCase);
    }

    private void CheckFallbackQueue(IEnumerable<string> queues)
    {
        if (_fallbackQueue is not ({ } name, { } path) || queues.Contains(name, QueueName.Comparer))
            return;
        var meant = Spelling.Nearest(name, queues);
        _errors.Add($"{path} is '{name}', but there is no such queue;{DidYouMean(meant)} allowed: {string.Join(", ", queues)}.");
    }

    private void ExpectObject(IConfigurationSection section, string allowed)
    {
        if (section.Value is { } value)
            _errors.Add($"{section.Path} is '{value}'; allowed: {allowed}.");
    }

    private string? ExpectValue(IConfigurationSection section, string allowed)
    {
        if (section.GetChildren().Any())
            _errors.Add($"{section.Path} is an object; allowed: {allowed}.");
        else if (string.IsNullOrWhiteSpace(section.Value))
            _errors.Add($"{section.Path} is empty; allowed: {allowed}, or no such key.");
        else
            return section.Value;
        return null;
    }

    private string? GuessRootKey(IConfigurationSection section)
    {
        if (QueueSetting.All.FirstOrDefault(setting => Is(section, setting.Key)) is { } setting)
            return $"{_section.Path}:{DefaultsKey}:{setting.Key}";
        var looksLikeQueue = section.GetChildren().Any(child => QueueSetting.All.Any(known => Is(child, known.Key)));
        return Spelling.Nearest(section.Key, RootKeys) ?? (looksLikeQueue ? $"{_section.Path}:{QueuesKey}:{section.Key}" : null);
    }

    private static string UnknownKey(IConfigurationSection section, string? meant, IEnumerable<string> known)
    {
        var value = section.Value is { } text ? $"'{text}'" : section.GetChildren().Any() ? "an object" : "empty";
        return $"{section.Path} is {value}, but there is no such key;{DidYouMean(meant)} allowed: {string.Join(", ", known)}.";
    }

    private static string DidYouMean(string? meant) => meant is null ? "" : $" did you mean {meant}?";

    private static string ListNames(string noun, IEnumerable<string> names) => $"{noun} {string.Join(", ", names)}";

    private static bool Is(IConfigurationSection section, string key) => section.Key.Equals(key, StringComparison.OrdinalIgnoreCase);
}

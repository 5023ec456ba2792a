using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// Reads the queues from configuration, on top of what code asked for. It goes through the whole section and collects every mistake with its full path:
/// the framework's binder stops at the first one and names no path, and it takes null for an object and 30 for 30 days.
/// </summary>
internal sealed class QueueConfigurationReader
{
    private const string QueuesKey = "Queues";
    private const string DefaultsKey = nameof(QueuedAdmissionOptions.Defaults);
    private const string FallbackQueueKey = nameof(QueuedAdmissionOptions.FallbackQueue);
    private const string SchemaKey = "$schema";
    private static readonly string[] RootKeys = [FallbackQueueKey, FallbackExemptionsReader.Key, DefaultsKey, QueuesKey];
    private static readonly IEnumerable<string> SettingKeys = QueueSetting.All.Select(setting => setting.Key);

    private readonly IConfigurationSection _section;
    private readonly SectionErrors _errors;
    private readonly bool _codeHasQueueZero;
    private readonly OrderedDictionary<string, SettingsSection> _queues = new(QueueName.Comparer);
    private SettingsSection _defaults = SettingsSection.Empty;
    private (string? Name, string Path) _fallbackQueue;
    private IReadOnlyList<EndpointPattern>? _exemptions;

    private QueueConfigurationReader(IConfigurationSection section, SectionErrors errors, CodeSettings code)
    {
        _section = section;
        _errors = errors;
        // Without it in code, the key 0 is taken for the first entry of an array.
        _codeHasQueueZero = code.QueueNames.Contains("0");
        _fallbackQueue = (code.FallbackQueue, $"{FallbackQueueKey} in code");
    }

    /// <summary>Reads everything. What was read may be used only if there are no errors.</summary>
    public static (ConfiguredQueues Queues, IReadOnlyList<string> Errors) Read(IConfiguration configuration, CodeSettings code)
    {
        var errors = new SectionErrors();
        if (code.Section == QueuedAdmissionOptions.DefaultSection)
            errors.AddRange(MisnamedSection.FindErrors(configuration));
        var reader = new QueueConfigurationReader(configuration.GetSection(code.Section), errors, code);
        reader.ReadRoot();
        return (reader.Merge(code), errors.All);
    }

    private void ReadRoot()
    {
        foreach (var child in _errors.ReadObject(_section, $"an object with {string.Join(", ", RootKeys)}"))
        {
            if (Is(child, FallbackQueueKey))
                ReadFallbackQueue(child);
            else if (Is(child, FallbackExemptionsReader.Key))
                ReadExemptions(child);
            else if (Is(child, DefaultsKey))
                _defaults = ReadSettings(child);
            else if (Is(child, QueuesKey))
                ReadQueues(child);
            else if (!Is(child, SchemaKey))
                _errors.AddUnknownKey(child, GuessRootKey(child), RootKeys);
        }
    }

    private void ReadFallbackQueue(IConfigurationSection section)
    {
        if (_errors.TryReadValue(section, "the name of a queue", out var name))
            _fallbackQueue = (name, section.Path);
    }

    private void ReadExemptions(IConfigurationSection section)
    {
        List<string> errors = [];
        _exemptions = FallbackExemptionsReader.Read(section, errors);
        _errors.AddRange(errors);
    }

    private void ReadQueues(IConfigurationSection section)
    {
        const string Allowed = "an object with one object for each queue";
        foreach (var queue in _errors.ReadObject(section, Allowed, mayBeZero: _codeHasQueueZero))
        {
            if (!QueueName.IsValid(queue.Key))
            {
                var name = SettingText.Show(queue.Key);
                _errors.Add($"{queue.Path}: '{name}' is not a name for a queue; allowed: {QueueName.Allowed}.");
            }
            _queues[queue.Key] = ReadSettings(queue);
        }
    }

    private SettingsSection ReadSettings(IConfigurationSection section)
    {
        var settings = new SettingsSection();
        foreach (var child in _errors.ReadObject(section, "an object with settings"))
        {
            if (FindSetting(child) is not { } setting)
                _errors.AddUnknownKey(child, Spelling.Nearest(child.Key, SettingKeys), SettingKeys);
            else if (_errors.TryReadValue(child, setting.Allowed, out var text))
                _errors.AddRange(settings.Add(setting, child.Path, text));
        }
        return settings;
    }

    private ConfiguredQueues Merge(CodeSettings code)
    {
        var merged = new QueueMerger(code, _defaults);
        foreach (var name in code.QueueNames.Concat(_queues.Keys).Distinct(QueueName.Comparer))
            merged.Add(name, _queues.GetValueOrDefault(name, SettingsSection.Empty));
        _errors.AddRange(merged.FindErrors());
        if (_fallbackQueue is ({ } fallback, { } path) && !merged.Queues.ContainsKey(fallback))
            _errors.AddUnknownQueue(path, fallback, merged.Queues.Keys);
        List<string> errors = [];
        var exemptions = new FallbackExemptions(_exemptions ?? FallbackExemptionsReader.ReadCode(code.FallbackExemptions, errors));
        _errors.AddRange(errors);
        return new ConfiguredQueues(merged.Queues, merged.Origins, _fallbackQueue.Name, exemptions);
    }

    /// <summary>What was meant by an unknown key beside <c>Queues</c>: a queue, or a setting for all of them, are easily put one level too high.</summary>
    private string? GuessRootKey(IConfigurationSection section)
    {
        if (FindSetting(section) is { } setting)
            return $"{_section.Path}:{DefaultsKey}:{setting.Key}";
        if (Spelling.Nearest(section.Key, RootKeys) is { } near)
            return near;
        return section.GetChildren().Any(child => FindSetting(child) is not null) ? $"{_section.Path}:{QueuesKey}:{section.Key}" : null;
    }

    private static QueueSetting? FindSetting(IConfigurationSection section) => QueueSetting.All.FirstOrDefault(setting => Is(section, setting.Key));

    private static bool Is(IConfigurationSection section, string key) => section.Key.Equals(key, StringComparison.OrdinalIgnoreCase);
}

using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// Reads the queues from configuration, as layers over the settings in code. It reads the whole section, and collects
/// all errors with their full paths.
/// </summary>
/// <remarks>
/// The configuration binder of the framework is not used. It stops at the first error, accepts null in place of an
/// object, and reads the text 30 as a time of 30 days.
/// </remarks>
internal sealed class QueueConfigurationReader
{
    private const string QueuesKey = "Queues";
    private const string DefaultsKey = nameof(QueuedAdmissionOptions.Defaults);
    private const string FallbackQueueKey = nameof(QueuedAdmissionOptions.FallbackQueue);
    private const string SchemaKey = "$schema";
    private static readonly string[] RootKeys =
        [FallbackQueueKey, FallbackExemptionsReader.Key, DefaultsKey, QueuesKey];

    private readonly IConfigurationSection _section;
    private readonly SectionEntries _entries;
    private readonly SectionErrors _errors;
    private readonly SettingTable _table;
    private readonly bool _codeHasQueueZero;
    private readonly OrderedDictionary<string, SettingsLayer> _queues = new(QueueName.Comparer);
    private SettingsLayer _defaults = new(SettingSource.ConfigurationDefaults);
    private (string? Name, string Path) _fallbackQueue;
    private IReadOnlyList<EndpointPattern>? _exemptions;

    private QueueConfigurationReader(IConfiguration configuration, SectionErrors errors, CodeSettings code)
    {
        _section = configuration.GetSection(code.Section);
        _entries = new SectionEntries(configuration as IConfigurationRoot);
        _errors = errors;
        _table = code.Table;
        // If code adds no queue with the name 0, the key 0 is taken for the first entry of an array.
        _codeHasQueueZero = code.QueueNames.Contains("0");
        _fallbackQueue = (code.FallbackQueue, $"{FallbackQueueKey} in code");
    }

    /// <summary>Reads the whole section. The returned queues may be used only if there are no errors.</summary>
    public static (ConfiguredQueues Queues, IReadOnlyList<string> Errors) Read(
        IConfiguration configuration, CodeSettings code)
    {
        var errors = new SectionErrors();
        if (code.Section == QueuedAdmissionOptions.DefaultSection)
            errors.AddRange(MisnamedSection.FindErrors(configuration));
        var reader = new QueueConfigurationReader(configuration, errors, code);
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
                _defaults = ReadSettings(child, SettingSource.ConfigurationDefaults);
            else if (Is(child, QueuesKey))
                ReadQueues(child);
            else if (!Is(child, SchemaKey) && !_table.SectionKeys.Any(key => Is(child, key)))
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
            _queues[queue.Key] = ReadSettings(queue, SettingSource.ConfigurationQueue);
        }
    }

    private SettingsLayer ReadSettings(IConfigurationSection section, SettingSource source)
    {
        var settings = new SettingsLayer(source);
        ReadSettings(settings, section, prefix: "");
        return settings;
    }

    /// <param name="settings">The layer that gets the values.</param>
    /// <param name="section">An object with settings.</param>
    /// <param name="prefix">
    /// The beginning of the keys of these settings: the name of the object and the divider. Empty for the object of the
    /// queue.
    /// </param>
    private void ReadSettings(SettingsLayer settings, IConfigurationSection section, string prefix)
    {
        foreach (var child in _errors.ReadObject(section, "an object with settings"))
        {
            if (prefix.Length == 0 && _table.HasObject(child.Key))
            {
                ReadSettings(settings, child, child.Key + QueueSetting.KeyDivider);
                continue;
            }
            var setting = _table.Find(prefix + child.Key);
            if (setting is null && prefix.Length == 0 && UnregisteredSettings.FindHelp(child.Key) is { } help)
                _errors.Add($"{child.Path} {help}");
            else if (setting is null)
                AddUnknownSetting(child, prefix);
            else if (setting.AllowedEntry is not null && child.GetChildren().Any())
                ReadMap(settings, setting, child);
            else if (_errors.TryReadValue(child, setting.Allowed, out var text))
                ReadSetting(settings, setting, child.Path, text);
        }
    }

    private void AddUnknownSetting(IConfigurationSection section, string prefix)
    {
        var known = _table.KeysBelow(prefix);
        _errors.AddUnknownKey(section, Spelling.Nearest(section.Key, known), known);
    }

    /// <param name="settings">The layer that gets the value.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="path">The path of the setting in configuration.</param>
    /// <param name="text">The value. Null sets the built-in default, over the values of weaker layers.</param>
    private void ReadSetting(SettingsLayer settings, QueueSetting setting, string path, string? text)
    {
        if (text is null)
            settings.Set(setting, setting.DefaultValue, path);
        else if (setting.TryParse(text, out var value))
            settings.Set(setting, value, path);
        else
        {
            _errors.Add(
                $"{path} is '{SettingText.Show(text)}'; allowed: {setting.Allowed}. {setting.Hint(text)}".TrimEnd());
        }
    }

    /// <summary>Reads a setting whose value is an object.</summary>
    private void ReadMap(SettingsLayer settings, QueueSetting setting, IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value))
            _errors.Add($"{section.Path} is '{SettingText.Show(section.Value)}'; allowed: {setting.Allowed}.");
        var entries = _entries.Of(section).Select(
            entry => KeyValuePair.Create(entry.Key, SettingText.Trim(entry.Value)));
        settings.Set(setting, setting.ReadMap(entries, AddBadEntry), section.Path);

        void AddBadEntry(KeyValuePair<string, string> entry) =>
            _errors.Add(
                $"{section.Path}:{entry.Key} is '{SettingText.Show(entry.Value)}'; allowed: {setting.AllowedEntry}.");
    }

    private ConfiguredQueues Merge(CodeSettings code)
    {
        var merged = new QueueMerger(code, _defaults);
        foreach (var name in code.QueueNames.Concat(_queues.Keys).Distinct(QueueName.Comparer))
            merged.Add(name, _queues.GetValueOrDefault(name, new SettingsLayer(SettingSource.ConfigurationQueue)));
        _errors.AddRange(merged.FindErrors());
        if (_fallbackQueue is ({ } fallback, { } path) && !merged.Queues.ContainsKey(fallback))
            _errors.AddUnknownQueue(path, fallback, merged.Queues.Keys);
        List<string> errors = [];
        var exemptions = new FallbackExemptions(
            _exemptions ?? FallbackExemptionsReader.ReadCode(code.FallbackExemptions, errors));
        _errors.AddRange(errors);
        return new ConfiguredQueues(merged.Queues, merged.Layers, _fallbackQueue.Name, exemptions);
    }

    /// <summary>
    /// Returns a suggestion for an unknown key at the top level of the section. The key may be misspelled. It may also
    /// be a queue or a default for all queues that was written one level too high.
    /// </summary>
    private string? GuessRootKey(IConfigurationSection section)
    {
        if (_table.Find(section.Key) is { } setting)
            return $"{_section.Path}:{DefaultsKey}:{setting.Key}";
        if (Spelling.Nearest(section.Key, RootKeys) is { } near)
            return near;
        return section.GetChildren().Any(child => _table.Find(child.Key) is not null)
            ? $"{_section.Path}:{QueuesKey}:{section.Key}"
            : null;
    }

    private static bool Is(IConfigurationSection section, string key) =>
        section.Key.Equals(key, StringComparison.OrdinalIgnoreCase);
}

using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// Reads the settings of one queue from a configuration section, and collects all errors, each with its full path.
/// </summary>
/// <param name="added">The settings that packages add to queues.</param>
internal sealed class QueueSectionReader(IEnumerable<QueueSetting> added)
{
    // Includes PartitionByKey. Only in a web application does that setting follow from another one (PartitionBy).
    private readonly List<QueueSetting> _settings =
        [.. JobQueueSettings.All.Concat(added).Where(setting => setting.Schema.Type != SettingSchemaType.Code)];

    /// <summary>Reads the section into the options. Does not check ranges.</summary>
    /// <returns>The errors. The options may be used only if there are none.</returns>
    public IReadOnlyList<string> Read(IConfigurationSection section, JobQueueOptions into)
    {
        List<string> errors = [];
        if (!section.GetChildren().Any())
        {
            errors.Add($"{section.Path} is missing or has no settings; allowed: an object with settings.");
        }
        ReadObject(section, prefix: "", into, errors);
        return errors;
    }

    private void ReadObject(IConfigurationSection section, string prefix, JobQueueOptions into, List<string> errors)
    {
        foreach (var child in section.GetChildren())
        {
            var key = prefix + child.Key;
            var setting = _settings.Find(setting => Is(setting.Key, key));
            if (setting is null && _settings.Exists(setting => IsBelow(setting.Key, key)))
            {
                ReadObject(child, key + QueueSetting.KeyDivider, into, errors);
            }
            else if (setting is null && prefix.Length == 0 && UnregisteredSettings.FindHelp(key) is { } help)
            {
                errors.Add($"{child.Path} {help}");
            }
            else if (setting is null)
            {
                var known = string.Join(", ", _settings.Select(setting => setting.Key));
                errors.Add($"{child.Path} is not a setting of a queue; allowed: {known}.");
            }
            else
            {
                ReadSetting(setting, child, into, errors);
            }
        }
    }

    private static void ReadSetting(
        QueueSetting setting, IConfigurationSection section, JobQueueOptions into, List<string> errors)
    {
        if (setting.AllowedEntry is { } allowed && section.GetChildren().Any())
        {
            var entries = section.AsEnumerable(makePathsRelative: true)
                .Where(entry => !string.IsNullOrEmpty(entry.Value))
                .Select(entry => KeyValuePair.Create(entry.Key, SettingText.Trim(entry.Value!)));
            setting.Set(into, setting.ReadMap(entries, entry => errors.Add(
                $"{section.Path}:{entry.Key} is '{SettingText.Show(entry.Value)}'; allowed: {allowed}.")));
            return;
        }
        if (section.GetChildren().Any())
        {
            errors.Add($"{section.Path} is an object or an array; allowed: {setting.Allowed}.");
            return;
        }
        // A null or empty value cancels the value of a configuration source with lower precedence.
        if (!string.IsNullOrEmpty(section.Value) && !setting.TryRead(SettingText.Trim(section.Value), into))
        {
            errors.Add($"{section.Path} is '{SettingText.Show(section.Value)}'; allowed: {setting.Allowed}.");
        }
    }

    private static bool Is(string key, string other) => key.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static bool IsBelow(string key, string parent) =>
        key.StartsWith(parent + QueueSetting.KeyDivider, StringComparison.OrdinalIgnoreCase);
}

namespace QueueAdmission;

/// <summary>The settings that one object in configuration gives: those of a queue, or the defaults of all.</summary>
internal sealed class SettingsSection
{
    public static readonly SettingsSection Empty = new();

    private readonly Dictionary<string, (QueueSetting Setting, string Path, string? Text)> _settings = [];

    /// <summary>Takes a setting, and tells what is wrong if it cannot be read.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="path">Where configuration gives it.</param>
    /// <param name="text">Its value; null to take back what weaker layers say.</param>
    public IEnumerable<string> Add(QueueSetting setting, string path, string? text)
    {
        if (text is not null && !setting.TryRead(text, new RequestQueueOptions()))
        {
            var hint = setting.Hint(text);
            return [$"{path} is '{SettingText.Show(text)}'; allowed: {setting.Allowed}. {hint}".TrimEnd()];
        }
        _settings[setting.Key] = (setting, path, text);
        return [];
    }

    public void ApplyTo(RequestQueueOptions options)
    {
        foreach (var (setting, _, text) in _settings.Values)
        {
            if (text is null)
                setting.UseBuiltIn(options);
            else
                setting.TryRead(text, options);
        }
    }

    /// <summary>Where configuration gives the setting; null if not here.</summary>
    public string? PathOf(string key) => _settings.TryGetValue(key, out var found) ? found.Path : null;
}

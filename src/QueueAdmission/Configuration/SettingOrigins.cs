namespace QueueAdmission;

/// <summary>Where each setting of one queue comes from, as code and configuration stood when they were read.</summary>
/// <remarks>Code that sets a value to what the built-in default is cannot be told from code that is silent, and counts as silent.</remarks>
internal sealed class SettingOrigins(RequestQueueOptions code, SettingsSection defaults, SettingsSection own)
{
    private static readonly RequestQueueOptions BuiltIn = new();

    public SettingOrigin Of(QueueSetting setting)
    {
        if (own.PathOf(setting.Key) is { } ownPath)
            return new(SettingSource.ConfigurationQueue, ownPath);
        if (defaults.PathOf(setting.Key) is { } defaultsPath)
            return new(SettingSource.ConfigurationDefaults, defaultsPath);
        return new(setting.Show(code) == setting.Show(BuiltIn) ? SettingSource.BuiltIn : SettingSource.Code);
    }
}

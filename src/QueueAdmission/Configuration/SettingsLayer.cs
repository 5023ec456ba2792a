namespace QueueAdmission;

/// <summary>
/// The settings of a queue that come from one source: code, an object in configuration, a live update, or an override.
/// </summary>
/// <param name="source">The source of the values.</param>
internal sealed class SettingsLayer(SettingSource source)
{
    // In the order in which the settings were set. Setting one value may change another. The later value wins.
    private readonly OrderedDictionary<QueueSetting, (object? Value, string? Path)> _values = [];

    /// <summary>The source of the values.</summary>
    public SettingSource Source => source;

    /// <summary>The settings that the layer sets.</summary>
    public IEnumerable<QueueSetting> Settings => _values.Keys;

    /// <summary>Creates a layer of the settings that a callback sets.</summary>
    /// <param name="source">The source of the values.</param>
    /// <param name="options">The settings that the callback gets. The callback changes this object.</param>
    /// <param name="configure">The callback.</param>
    public static SettingsLayer Record(
        SettingSource source, RequestQueueOptions options, Action<RequestQueueOptions> configure)
    {
        var given = options.StartRecording();
        configure(options);
        return Of(source, options, given);
    }

    /// <summary>Creates a layer of the values that the given settings have in <paramref name="options"/>.</summary>
    public static SettingsLayer Of(SettingSource source, JobQueueOptions options, IEnumerable<QueueSetting> settings)
    {
        var layer = new SettingsLayer(source);
        foreach (var setting in settings)
            layer.Set(setting, setting.Get(options));
        return layer;
    }

    /// <summary>Sets a value. Called only before the layer is used.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="value">The value.</param>
    /// <param name="path">The path in configuration; null if the value does not come from configuration.</param>
    public void Set(QueueSetting setting, object? value, string? path = null) => _values[setting] = (value, path);

    /// <summary>Returns a copy of the layer without the given settings.</summary>
    public SettingsLayer Without(IEnumerable<QueueSetting> settings)
    {
        var fewer = new SettingsLayer(source);
        foreach (var (setting, (value, path)) in _values.ExceptBy(settings, pair => pair.Key))
            fewer.Set(setting, value, path);
        return fewer;
    }

    /// <summary>Returns a copy of the layer with another source.</summary>
    public SettingsLayer As(SettingSource other)
    {
        var layer = new SettingsLayer(other);
        foreach (var (setting, (value, path)) in _values)
            layer.Set(setting, value, path);
        return layer;
    }

    /// <summary>Returns whether the layer sets the setting.</summary>
    public bool Has(QueueSetting setting) => _values.ContainsKey(setting);

    /// <summary>
    /// Returns the path of the setting in configuration, or null if the value does not come from configuration.
    /// </summary>
    public string? PathOf(QueueSetting setting) => _values.TryGetValue(setting, out var given) ? given.Path : null;

    /// <summary>Sets the values of this layer in <paramref name="options"/>, over those of weaker layers.</summary>
    public void ApplyTo(JobQueueOptions options)
    {
        foreach (var (setting, (value, _)) in _values)
            setting.Set(options, value);
    }
}

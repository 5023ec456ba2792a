namespace QueueAdmission;

/// <summary>
/// The settings of a queue that come from one source: code, an object in configuration, or an override.
/// </summary>
/// <param name="source">Where the values come from.</param>
internal sealed class SettingsLayer(SettingSource source)
{
    // In the order in which they were given: one value may imply another, and the later one holds.
    private readonly OrderedDictionary<QueueSetting, (object? Value, string? Path)> _values = [];

    /// <summary>Where the values come from.</summary>
    public SettingSource Source => source;

    /// <summary>The settings that the layer sets.</summary>
    public IEnumerable<QueueSetting> Settings => _values.Keys;

    /// <summary>Creates the layer of the settings that a callback sets.</summary>
    /// <param name="source">Where the values come from.</param>
    /// <param name="options">What the callback starts from.</param>
    /// <param name="configure">The callback.</param>
    public static SettingsLayer Record(
        SettingSource source, RequestQueueOptions options, Action<RequestQueueOptions> configure)
    {
        var given = options.StartRecording();
        configure(options);
        return Of(source, options, given);
    }

    /// <summary>Creates a layer of some settings of an object.</summary>
    public static SettingsLayer Of(SettingSource source, JobQueueOptions options, IEnumerable<QueueSetting> settings)
    {
        var layer = new SettingsLayer(source);
        foreach (var setting in settings)
            layer.Set(setting, setting.Get(options));
        return layer;
    }

    /// <summary>Sets a value. It is called only before the layer is used.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="value">Its value.</param>
    /// <param name="path">The key in configuration, if it is given there.</param>
    public void Set(QueueSetting setting, object? value, string? path = null) => _values[setting] = (value, path);

    /// <summary>A layer of the same source, with fewer settings.</summary>
    public SettingsLayer Without(IEnumerable<QueueSetting> settings)
    {
        var fewer = new SettingsLayer(source);
        foreach (var (setting, (value, path)) in _values.ExceptBy(settings, pair => pair.Key))
            fewer.Set(setting, value, path);
        return fewer;
    }

    /// <summary>The same values, as those of another source.</summary>
    public SettingsLayer As(SettingSource other)
    {
        var layer = new SettingsLayer(other);
        foreach (var (setting, (value, path)) in _values)
            layer.Set(setting, value, path);
        return layer;
    }

    /// <summary>Whether the layer sets the setting.</summary>
    public bool Has(QueueSetting setting) => _values.ContainsKey(setting);

    /// <summary>The path of the setting in configuration; null if configuration does not set it.</summary>
    public string? PathOf(QueueSetting setting) => _values.TryGetValue(setting, out var given) ? given.Path : null;

    /// <summary>Writes the values over those of weaker layers.</summary>
    public void ApplyTo(JobQueueOptions options)
    {
        foreach (var (setting, (value, _)) in _values)
            setting.Set(options, value);
    }
}

namespace QueueAdmission;

/// <summary>The layers of one queue, from the weakest to the strongest. The object is immutable.</summary>
/// <remarks>
/// The layers over the built-in defaults are: <c>Defaults</c> in code, <c>AddQueue</c>, <c>Defaults</c> in
/// configuration, and the queue in configuration. While the queue works, live updates and overrides are added as
/// stronger layers, in the order in which they arrive.
/// </remarks>
internal sealed class SettingLayers(IReadOnlyList<SettingsLayer> layers)
{
    /// <summary>No layers: the built-in defaults are in force.</summary>
    public static readonly SettingLayers None = new([]);

    /// <summary>The layers, from the weakest to the strongest.</summary>
    public IReadOnlyList<SettingsLayer> All => layers;

    /// <summary>Returns these layers with stronger layers over them.</summary>
    public SettingLayers With(IEnumerable<SettingsLayer> stronger) => new([.. layers, .. stronger]);

    /// <summary>
    /// Returns the settings in force. Each setting has the value of the strongest layer that sets it, or else its
    /// built-in default.
    /// </summary>
    public RequestQueueOptions Fold()
    {
        var options = new RequestQueueOptions();
        foreach (var layer in layers)
            layer.ApplyTo(options);
        return options;
    }

    /// <summary>Returns the origin of the value of a setting: the strongest layer that sets it.</summary>
    public SettingOrigin OriginOf(QueueSetting setting) =>
        layers.LastOrDefault(layer => layer.Has(setting)) is { } layer
        ? new(layer.Source, layer.PathOf(setting))
        : new(SettingSource.BuiltIn);

    /// <summary>
    /// Returns the path of a setting in the strongest layer of configuration that sets it, and whether this layer is
    /// the queue's entry under <c>Queues</c>. The path is null if configuration does not set the setting.
    /// </summary>
    public (string? Path, bool IsOfQueue) FindPath(string key)
    {
        foreach (var layer in layers.Reverse())
        {
            var path = layer.Settings.Where(setting => setting.Key == key).Select(layer.PathOf).FirstOrDefault();
            if (path is not null)
                return (path, layer.Source == SettingSource.ConfigurationQueue);
        }
        return default;
    }
}

namespace QueueAdmission;

/// <summary>The layers of one queue, from the weakest to the strongest. Never changed, only replaced.</summary>
/// <remarks>
/// The layers over the built-in defaults are: <c>Defaults</c> in code, <c>AddQueue</c>, <c>Defaults</c> in
/// configuration, the queue in configuration. While the queue works, live updates and overrides lie over these in the
/// order in which they came.
/// </remarks>
internal sealed class SettingLayers(IReadOnlyList<SettingsLayer> layers)
{
    /// <summary>No layers. The built-in defaults hold.</summary>
    public static readonly SettingLayers None = new([]);

    /// <summary>The layers, the weakest first.</summary>
    public IReadOnlyList<SettingsLayer> All => layers;

    /// <summary>These layers with stronger ones over them.</summary>
    public SettingLayers With(IEnumerable<SettingsLayer> stronger) => new([.. layers, .. stronger]);

    /// <summary>The settings in force: for each setting, the value of the strongest layer that sets it.</summary>
    public RequestQueueOptions Fold()
    {
        var options = new RequestQueueOptions();
        foreach (var layer in layers)
            layer.ApplyTo(options);
        return options;
    }

    /// <summary>Which layer the value of a setting comes from.</summary>
    public SettingOrigin OriginOf(QueueSetting setting) =>
        layers.LastOrDefault(layer => layer.Has(setting)) is { } layer
        ? new(layer.Source, layer.PathOf(setting))
        : new(SettingSource.BuiltIn);

    /// <summary>
    /// The path of the setting in the strongest layer of configuration that gives it, and whether that layer is the
    /// queue's own.
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

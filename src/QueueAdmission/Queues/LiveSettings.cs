using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>Keeps the settings of a working queue equal to the fold of their layers.</summary>
/// <remarks>
/// <para>The fold has, for each setting, the value of the strongest layer that sets it. A change replaces layers, and
/// puts in force only the settings whose values differ. All other settings stay untouched, so that the change does not,
/// for example, restart the search of <see cref="JobQueueOptions.AdaptiveWorkers"/>.</para>
/// <para>Code may also change the queue directly with <see cref="JobQueue.Update(Action{JobQueueOptions})"/>. Such a
/// change is found by comparing the settings in force with the last fold. It becomes a separate layer.</para>
/// <para>All members are called under <see cref="QueueOverrides.Gate"/>.</para>
/// </remarks>
internal sealed class LiveSettings
{
    private readonly JobQueue _queue;
    private readonly SettingTable _table;
    private SettingLayers _configured;

    // The live updates and overrides, in the order in which they arrived. The last layer that sets a setting wins.
    private IReadOnlyList<SettingsLayer> _changes = [];

    // The fold of the layers. The object is never changed, only replaced.
    private RequestQueueOptions _folded;

    /// <param name="queue">The queue. Its settings must be the fold of <paramref name="configured"/>.</param>
    /// <param name="table">All settings that a queue can have.</param>
    /// <param name="configured">The layers of code and configuration.</param>
    public LiveSettings(JobQueue queue, SettingTable table, SettingLayers configured)
    {
        _queue = queue;
        _table = table;
        _configured = configured;
        _folded = table.Copy(queue.Settings);
    }

    private SettingLayers Layers => _configured.With(_changes);

    /// <summary>Returns the origin of the value that a setting has now.</summary>
    public SettingOrigin OriginOf(QueueSetting setting)
    {
        Adopt();
        return Layers.OriginOf(setting);
    }

    /// <summary>Returns the value, as text, that the setting would have without its override.</summary>
    public string ShowUnderlying(QueueSetting setting)
    {
        Adopt();
        return setting.Show(_configured.With(WithoutOverride(setting)).Fold());
    }

    /// <summary>Changes the settings on behalf of code of the application.</summary>
    /// <param name="change">Changes properties of a copy of the settings in force.</param>
    public void Update(Action<RequestQueueOptions> change)
    {
        Adopt();
        IReadOnlyList<QueueSetting> given = [];
        _queue.Update(settings =>
        {
            var copy = _table.Copy(settings);
            given = copy.StartRecording();
            change(copy);
            SettingTable.CopyTo(settings, copy, given);
        });
        Adopt(given);
    }

    /// <summary>
    /// Returns whether all settings are valid if the overrides are applied over other configured layers.
    /// </summary>
    public bool HaveRangeFor(SettingLayers configured) =>
        !JobQueueOptionsValidator.FindErrors(configured.With(Overrides).Fold()).Any();

    /// <summary>Returns whether other configured layers have other values than the current ones.</summary>
    public bool IsChangedBy(SettingLayers configured) =>
        _table.FindChanged(_configured.Fold(), configured.Fold()).Any();

    /// <summary>Replaces the configured layers by layers with the same values, but possibly other origins.</summary>
    /// <returns>A function that restores the former layers.</returns>
    public Action TakeOrigins(SettingLayers configured)
    {
        var before = _configured;
        _configured = configured;
        return () => _configured = before;
    }

    /// <summary>Puts other configured layers in force. Live changes by code end.</summary>
    /// <param name="configured">The new layers of code and configuration.</param>
    /// <param name="keepOverrides">Whether the overrides stay. Otherwise their layers are removed.</param>
    public void Configure(SettingLayers configured, bool keepOverrides)
    {
        Adopt();
        Put(configured, keepOverrides ? Overrides : []);
    }

    /// <summary>Puts an override in force. Replaces an existing override of the same setting.</summary>
    /// <exception cref="OptionsValidationException">The value is out of its range. Nothing was changed.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Override(QueueSetting setting, object? value)
    {
        Adopt();
        var layer = new SettingsLayer(SettingSource.Override);
        layer.Set(setting, value);
        Put(_configured, [.. WithoutOverride(setting), layer]);
    }

    /// <summary>Ends the override of a setting, by removing its layer.</summary>
    public void EndOverride(QueueSetting setting)
    {
        Adopt();
        try
        {
            Put(_configured, WithoutOverride(setting));
        }
        catch (Exception exception) when (exception is InvalidOperationException or OptionsValidationException)
        {
            // The queue has been disposed, or the value under the override contradicts other settings that have
            // changed. The value then stays in force, as a live update.
            _changes =
                [.. _changes.Select(layer => IsOverride(layer, setting) ? layer.As(SettingSource.LiveUpdate) : layer)];
        }
    }

    /// <summary>The layers of live updates and overrides, in the order in which they arrived.</summary>
    public IReadOnlyList<SettingsLayer> Changes => _changes;

    /// <summary>Remembers the current settings and their layers.</summary>
    /// <returns>A function that restores the layers and puts the settings in force again.</returns>
    public Action Remember()
    {
        var (inForce, configured, changes, folded) = (_queue.Settings, _configured, _changes, _folded);
        return () =>
        {
            // The fields are restored first. If this queue is the one that refused the new settings, it may also refuse
            // this update.
            (_configured, _changes, _folded) = (configured, changes, folded);
            _queue.Update(settings => SettingTable.CopyTo(settings, inForce, _table.FindChanged(inForce, settings)));
        };
    }

    private List<SettingsLayer> Overrides => [.. _changes.Where(layer => layer.Source == SettingSource.Override)];

    private static bool IsOverride(SettingsLayer layer, QueueSetting setting) =>
        layer.Source == SettingSource.Override && layer.Has(setting);

    private List<SettingsLayer> WithoutOverride(QueueSetting setting) =>
        [.. _changes.Where(layer => !IsOverride(layer, setting))];

    /// <summary>
    /// Creates a layer of the settings that code has changed directly in the queue since the last fold.
    /// </summary>
    /// <param name="given">The settings that code has just set, even if their values have not changed.</param>
    private void Adopt(IEnumerable<QueueSetting>? given = null)
    {
        var inForce = _queue.Settings;
        var changed = _table.FindChanged(_folded, inForce).Union(given ?? []).ToList();
        if (changed.Count == 0)
            return;
        // The new layer replaces older live updates of the same settings, so the list does not grow.
        _changes =
        [
            .. _changes
                .Select(layer => layer.Source == SettingSource.LiveUpdate ? layer.Without(changed) : layer)
                .Where(layer => layer.Settings.Any()),
            SettingsLayer.Of(SettingSource.LiveUpdate, inForce, changed),
        ];
        _folded = Layers.Fold();
    }

    private void Put(SettingLayers configured, IReadOnlyList<SettingsLayer> changes)
    {
        var folded = configured.With(changes).Fold();
        var changed = _table.FindChanged(_folded, folded).ToList();
        if (changed.Count > 0)
        {
            // Copying PartitionBy also sets PartitionByKey. PartitionByKey is therefore copied as well, after
            // PartitionBy.
            changed.Add(JobQueueSettings.PartitionByKey);
            _queue.Update(settings => SettingTable.CopyTo(settings, folded, changed));
        }
        (_configured, _changes, _folded) = (configured, changes, folded);
    }
}

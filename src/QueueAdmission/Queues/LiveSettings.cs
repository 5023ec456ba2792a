using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>Keeps the settings of a working queue equal to the fold of their layers.</summary>
/// <remarks>
/// <para>A change replaces layers, and puts in force only the settings with another value. So it does not affect
/// anything else, such as the start of the search for the number of workers.</para>
/// <para>Code may change the queue itself with <see cref="JobQueue.Update(Action{JobQueueOptions})"/>. Such a change is
/// found by comparing the settings in force with those that were put in force. It becomes a layer of its own.</para>
/// <para>All members are called under the lock of the overrides.</para>
/// </remarks>
internal sealed class LiveSettings
{
    private readonly JobQueue _queue;
    private readonly SettingTable _table;
    private SettingLayers _configured;

    // Live updates and overrides, in the order in which they came: the last one that gives a setting wins.
    private IReadOnlyList<SettingsLayer> _changes = [];

    // What the layers say. Never changed, only replaced.
    private RequestQueueOptions _folded;

    /// <param name="queue">The queue. Its settings are the fold of the layers.</param>
    /// <param name="table">The settings there are.</param>
    /// <param name="configured">What code and configuration say.</param>
    public LiveSettings(JobQueue queue, SettingTable table, SettingLayers configured)
    {
        _queue = queue;
        _table = table;
        _configured = configured;
        _folded = table.Copy(queue.Settings);
    }

    private SettingLayers Layers => _configured.With(_changes);

    /// <summary>The origin of the value in force of a setting.</summary>
    public SettingOrigin OriginOf(QueueSetting setting)
    {
        Adopt();
        return Layers.OriginOf(setting);
    }

    /// <summary>The value that would hold without the override of the setting.</summary>
    public string ShowUnderlying(QueueSetting setting)
    {
        Adopt();
        return setting.Show(_configured.With(WithoutOverride(setting)).Fold());
    }

    /// <summary>Changes the settings for code of the application.</summary>
    /// <param name="change">Sets properties on a copy of the settings in force.</param>
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

    /// <summary>Whether the overridden settings stay in their ranges together with other configuration.</summary>
    public bool HaveRangeFor(SettingLayers configured) =>
        !JobQueueOptionsValidator.FindErrors(configured.With(Overrides).Fold()).Any();

    /// <summary>Whether other configuration has other values.</summary>
    public bool IsChangedBy(SettingLayers configured) =>
        _table.FindChanged(_configured.Fold(), configured.Fold()).Any();

    /// <summary>Replaces the configured layers by others with the same values.</summary>
    /// <returns>A function that restores the former layers.</returns>
    public Action TakeOrigins(SettingLayers configured)
    {
        var before = _configured;
        _configured = configured;
        return () => _configured = before;
    }

    /// <summary>Puts other configuration in force. Changes that code made to the running queue end.</summary>
    /// <param name="configured">What code and configuration say now.</param>
    /// <param name="keepOverrides">Whether overrides stay; otherwise their layers are removed.</param>
    public void Configure(SettingLayers configured, bool keepOverrides)
    {
        Adopt();
        Put(configured, keepOverrides ? Overrides : []);
    }

    /// <summary>Puts an override in force, in place of the one of the same setting.</summary>
    /// <exception cref="OptionsValidationException">The value is out of its range; nothing was changed.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Override(QueueSetting setting, object? value)
    {
        Adopt();
        var layer = new SettingsLayer(SettingSource.Override);
        layer.Set(setting, value);
        Put(_configured, [.. WithoutOverride(setting), layer]);
    }

    /// <summary>Ends the override of a setting: its layer is removed.</summary>
    public void EndOverride(QueueSetting setting)
    {
        Adopt();
        try
        {
            Put(_configured, WithoutOverride(setting));
        }
        catch (Exception exception) when (exception is InvalidOperationException or OptionsValidationException)
        {
            // The queue was disposed, or the value under the override contradicts other settings that have changed.
            // Then the value stays, as one that code has given.
            _changes =
                [.. _changes.Select(layer => IsOverride(layer, setting) ? layer.As(SettingSource.LiveUpdate) : layer)];
        }
    }

    /// <summary>The live updates and overrides, in the order in which they came.</summary>
    public IReadOnlyList<SettingsLayer> Changes => _changes;

    /// <summary>Remembers the current settings and their layers.</summary>
    /// <returns>A function that puts them in force again.</returns>
    public Action Remember()
    {
        var (inForce, configured, changes, folded) = (_queue.Settings, _configured, _changes, _folded);
        return () =>
        {
            // First, because the queue may refuse the change, if it was the one that refused before.
            (_configured, _changes, _folded) = (configured, changes, folded);
            _queue.Update(settings => SettingTable.CopyTo(settings, inForce, _table.FindChanged(inForce, settings)));
        };
    }

    private List<SettingsLayer> Overrides => [.. _changes.Where(layer => layer.Source == SettingSource.Override)];

    private static bool IsOverride(SettingsLayer layer, QueueSetting setting) =>
        layer.Source == SettingSource.Override && layer.Has(setting);

    private List<SettingsLayer> WithoutOverride(QueueSetting setting) =>
        [.. _changes.Where(layer => !IsOverride(layer, setting))];

    /// <summary>Makes a layer of the settings that code has changed since the last call.</summary>
    /// <param name="given">Settings that code has given for certain, also if their value is what it was.</param>
    private void Adopt(IEnumerable<QueueSetting>? given = null)
    {
        var inForce = _queue.Settings;
        var changed = _table.FindChanged(_folded, inForce).Union(given ?? []).ToList();
        if (changed.Count == 0)
            return;
        // What code says now replaces what it said before, so the list does not grow.
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
            // Another setting may imply it.
            changed.Add(JobQueueSettings.PartitionByKey);
            _queue.Update(settings => SettingTable.CopyTo(settings, folded, changed));
        }
        (_configured, _changes, _folded) = (configured, changes, folded);
    }
}

namespace QueueAdmission;

/// <summary>Everything that an operator may override: some settings, and whether the queue is paused.</summary>
internal sealed class OverrideTargets(SettingTable table)
{
    /// <summary>Every target, in the order in which overrides are listed.</summary>
    public IReadOnlyList<OverrideTarget> All { get; } =
    [
        .. table.Configurable.Where(setting => setting.CanBeOverridden).Select(TargetOf),
        new PauseTarget(),
    ];

    private static OverrideTarget TargetOf(QueueSetting setting) =>
        setting == JobQueueSettings.Workers ? new WorkersTarget() : new SettingTarget(setting);

    /// <summary>Returns the target of a name, compared without case, or null if there is none.</summary>
    public OverrideTarget? Find(string name) =>
        All.FirstOrDefault(target => target.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

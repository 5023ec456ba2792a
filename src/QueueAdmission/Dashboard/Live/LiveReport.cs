namespace QueueAdmission;

/// <summary>
/// The state that is sent to all viewers when it has changed. It contains neither the current time nor an age. The
/// state of an idle queue therefore does not change.
/// </summary>
internal sealed record LiveReport
{
    public required ReloadReport? LastReload { get; init; }

    /// <summary>All settings with their built-in defaults.</summary>
    public required IReadOnlyList<SettingReport> Defaults { get; init; }

    /// <summary>The problem with the store of the cluster; null if there is none.</summary>
    public ClusterOutageReport? ClusterOutage { get; init; }

    /// <summary>The deferred jobs; null if there are none.</summary>
    public DeferredReport? Deferred { get; init; }

    /// <summary>
    /// The queues. Each contains only the settings that differ from <see cref="Defaults"/>. This reduces the state to a
    /// third of its length.
    /// </summary>
    public required IReadOnlyList<QueueStatus> Queues { get; init; }
}

/// <summary>The first event of a stream: the process, and the permissions of the user.</summary>
internal sealed record LiveGreeting
{
    public required InstanceReport Instance { get; init; }

    public required SteeringReport Steering { get; init; }
}

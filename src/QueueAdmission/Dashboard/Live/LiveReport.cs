namespace QueueAdmission;

/// <summary>
/// The state that is sent to all viewers when it has changed. It contains no clock and no age, so that the state of an
/// idle queue does not change.
/// </summary>
internal sealed record LiveReport
{
    public required ReloadReport? LastReload { get; init; }

    /// <summary>All settings with their built-in defaults.</summary>
    public required IReadOnlyList<SettingReport> Defaults { get; init; }

    /// <summary>What is wrong with the store of the cluster; null if nothing is.</summary>
    public ClusterOutageReport? ClusterOutage { get; init; }

    /// <summary>The deferred jobs; null if there are none.</summary>
    public DeferredReport? Deferred { get; init; }

    /// <summary>
    /// The queues. Each has only the settings that differ from <see cref="Defaults"/>, which makes a state a third as
    /// long.
    /// </summary>
    public required IReadOnlyList<QueueStatus> Queues { get; init; }
}

/// <summary>The first event of a stream: the process, and the permissions of the user.</summary>
internal sealed record LiveGreeting
{
    public required InstanceReport Instance { get; init; }

    public required SteeringReport Steering { get; init; }
}

namespace QueueAdmission.Cluster;

/// <summary>
/// The settings that the cluster adds to queues. They are configured like all other settings of a queue.
/// </summary>
public static class ClusterSettings
{
    /// <summary>
    /// The number of workers that all nodes together may use. Range 1 to 100,000. Default none: each node has its own
    /// <see cref="JobQueueOptions.Workers"/>.
    /// </summary>
    public static readonly QueueSetting<int?> ClusterWorkers = new(
        nameof(ClusterWorkers), SettingValues.Optional(SettingValues.WholeNumber(1, JobQueueOptions.WorkersLimit)))
    {
        Default = null,
        DefaultWords = "none: Workers limits each node separately",
        Description = "The number of workers that all nodes of the cluster may use together. "
            + "A node uses at most Workers of them, or all of them if Workers is not set.",
        Unit = "workers",
        MaxWorkers = workers => workers,
    };

    /// <summary>
    /// The number of workers that a node uses while it has no lease. Default Share; allowed are Stop, Share, or a
    /// number.
    /// </summary>
    public static readonly QueueSetting<LeaseFallback> ClusterFallback = new(
        nameof(ClusterFallback), SettingValues.Text(
            "Stop, Share, or a whole number, 0 to 100,000", LeaseFallback.Parse, "^(Stop|Share|0*(\\d{1,5}|100000))$"))
    {
        Default = LeaseFallback.Share,
        Description = "The number of workers that a node uses while it has no lease, for example because the store is "
            + "unreachable: none (Stop), ClusterWorkers ÷ the number of nodes that it has last seen (Share), "
            + "or a number.",
    };
}

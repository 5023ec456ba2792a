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
        DefaultWords = "none: each node has Workers of its own",
        Description = "How many workers all nodes of the cluster use together. "
            + "One node uses at most Workers of them; where Workers is not set, it may use all.",
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
        Description = "How many workers a node uses while it has no lease, for example because the store is away: "
            + "none (Stop), ClusterWorkers ÷ the nodes that were last seen (Share), or a number.",
    };
}

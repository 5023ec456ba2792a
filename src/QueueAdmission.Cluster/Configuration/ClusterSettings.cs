namespace QueueAdmission.Cluster;

/// <summary>The settings that the cluster adds to queues. Configuration gives them like any other.</summary>
public static class ClusterSettings
{
    /// <summary>
    /// How many workers all nodes together use. Default none: each node has <see cref="JobQueueOptions.Workers"/> of
    /// its own; range 1 to 100,000.
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

    /// <summary>What a node uses while it has no lease. Default Share; one of Stop, Share, a number.</summary>
    public static readonly QueueSetting<LeaseFallback> ClusterFallback = new(
        nameof(ClusterFallback), SettingValues.Text(
            "Stop, Share, or a whole number, 0 to 100,000", LeaseFallback.Parse, "^(Stop|Share|0*(\\d{1,5}|100000))$"))
    {
        Default = LeaseFallback.Share,
        Description = "How many workers a node uses while it has no lease, for example because the store is away: "
            + "none (Stop), ClusterWorkers ÷ the nodes that were last seen (Share), or a number.",
    };
}

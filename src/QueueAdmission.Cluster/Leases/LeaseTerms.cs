namespace QueueAdmission.Cluster;

/// <summary>The settings for the lease of one queue. They may change at any time.</summary>
/// <param name="Limit">The number of workers that all nodes together may use.</param>
/// <param name="MaxOwn">The maximum number of workers that this node may use.</param>
/// <param name="Duration">How long a lease lasts.</param>
/// <param name="Fallback">The number of workers that the node uses without a lease.</param>
/// <param name="SettingsVersion">A hash that shows whether the nodes have the same settings.</param>
internal sealed record LeaseTerms(
    int Limit, int MaxOwn, TimeSpan Duration, LeaseFallback Fallback, string SettingsVersion)
{
    /// <summary>
    /// How much earlier a node ends its lease than the store does. This covers clock errors that the check of the
    /// store's clock cannot detect, and the time between checking the lease and starting a job.
    /// </summary>
    public TimeSpan Margin => Duration / 10;

    /// <summary>The time from one renewal to the next.</summary>
    /// <remarks>
    /// A quarter of the lease duration, and at most one second, so that the loss of a node is noticed soon. If the
    /// store becomes unreachable right before a renewal, the lease continues for its remaining time less the margin.
    /// With 3 seconds this is 1.95 seconds. A failover of Redis under Sentinel takes about 2 seconds, if Sentinel
    /// begins it after 0.5 seconds without an answer.
    /// </remarks>
    public TimeSpan RenewAfter => Duration / 4 < MaxRenewAfter ? Duration / 4 : MaxRenewAfter;

    private static TimeSpan MaxRenewAfter => TimeSpan.FromSeconds(1);
}

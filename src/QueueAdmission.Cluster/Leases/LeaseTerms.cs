namespace QueueAdmission.Cluster;

/// <summary>The settings that hold for the lease of one queue. They may change at any time.</summary>
/// <param name="Limit">The workers of all nodes together.</param>
/// <param name="MaxOwn">The workers that this node may use at most.</param>
/// <param name="Duration">How long a lease lasts.</param>
/// <param name="Fallback">What the node uses without a lease.</param>
/// <param name="SettingsVersion">Tells whether nodes have the same settings.</param>
internal sealed record LeaseTerms(
    int Limit, int MaxOwn, TimeSpan Duration, LeaseFallback Fallback, string SettingsVersion)
{
    /// <summary>
    /// How much earlier a node ends its lease than the store does. It covers what the check of the store's clock cannot
    /// see, and the time from the judgement to the start of a job.
    /// </summary>
    public TimeSpan Margin => Duration / 10;

    /// <summary>The time from one renewal to the next.</summary>
    /// <remarks>
    /// A quarter of the lease. A store that is away costs no lease until the rest of it is over, less the margin: 1.95
    /// of 3 seconds. A failover of Redis under Sentinel takes about 2 seconds, if it begins after 0.5 seconds of
    /// silence. At most a second, so that a lost node is noticed soon.
    /// </remarks>
    public TimeSpan RenewAfter => Duration / 4 < MaxRenewAfter ? Duration / 4 : MaxRenewAfter;

    private static TimeSpan MaxRenewAfter => TimeSpan.FromSeconds(1);
}

namespace QueueAdmission.Cluster;

/// <summary>The workers of one queue on this node, as the lease algorithm sees them.</summary>
internal interface ILeasedWorkers
{
    NodeDemand ReadDemand();

    /// <summary>
    /// Limits the workers from now on. After the method has returned, no further job starts above the limit.
    /// </summary>
    /// <param name="workers">The limit until <paramref name="end"/>.</param>
    /// <param name="end">The end of the lease. Null if the limit applies without a lease.</param>
    /// <param name="afterwards">
    /// The limit from <paramref name="end"/> on. The time is checked at each start of a job.
    /// </param>
    void SetCap(int workers, LocalTime? end, int afterwards);
}

namespace QueueAdmission.Cluster;

/// <summary>The workers of one queue on this node, as the lease algorithm sees them.</summary>
internal interface ILeasedWorkers
{
    NodeDemand ReadDemand();

    /// <summary>
    /// Bounds the workers from now on. When the method returns, no job starts above the number any more.
    /// </summary>
    /// <param name="workers">The number that holds until the end.</param>
    /// <param name="end">When the lease is over; null if the number holds without a lease.</param>
    /// <param name="afterwards">The number that holds from the end on, judged at every grant.</param>
    void SetCap(int workers, LocalTime? end, int afterwards);
}

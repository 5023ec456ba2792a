namespace QueueAdmission.Cluster;

/// <summary>
/// The reasons for learning: cases in which the document may differ from what the nodes actually hold.
/// </summary>
internal enum LearningReason
{
    None = 0,

    /// <summary>There was no readable document.</summary>
    Absent,

    /// <summary>The store is now served by another process.</summary>
    Failover,

    /// <summary>The document is older than a document that this node has seen before.</summary>
    Rollback,

    /// <summary>The store's clock jumped or stood still.</summary>
    ClockJump,

    /// <summary>No node has written for half the duration of a lease, although at least one node had a lease.</summary>
    Gap,
}

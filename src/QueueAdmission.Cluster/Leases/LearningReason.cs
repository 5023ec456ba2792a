namespace QueueAdmission.Cluster;

/// <summary>Why learning began: what the document says may not be what the nodes hold.</summary>
internal enum LearningReason
{
    None = 0,

    /// <summary>There was no document, or none that could be read.</summary>
    Absent,

    /// <summary>Another process serves the store.</summary>
    Failover,

    /// <summary>The document is older than one that was seen before.</summary>
    Rollback,

    /// <summary>The store's clock jumped, or stood still.</summary>
    ClockJump,

    /// <summary>No node wrote for half a lease, although one had a lease.</summary>
    Gap,
}

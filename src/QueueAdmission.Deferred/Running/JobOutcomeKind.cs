namespace QueueAdmission.Deferred;

/// <summary>The reason why a connection no longer waits for a job.</summary>
internal enum JobOutcomeKind
{
    /// <summary>
    /// The job is still waiting, as far as this node knows. The waiting time is over, or the application stops.
    /// </summary>
    Waiting,

    /// <summary>Like <see cref="Waiting"/>, but this node has claimed the job.</summary>
    Running,

    /// <summary>The client has disconnected, or the request has timed out.</summary>
    Aborted,

    /// <summary>The job is completed.</summary>
    Done,

    /// <summary>The job is a dead letter.</summary>
    Dead,

    /// <summary>The job was cancelled.</summary>
    Cancelled,

    /// <summary>The job was discarded.</summary>
    Discarded,
}

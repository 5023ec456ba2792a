namespace QueueAdmission.Deferred;

/// <summary>Why a connection does not wait for a job any longer.</summary>
internal enum JobOutcomeKind
{
    /// <summary>The job still waits, as far as this node knows. The time is over, or the application stops.</summary>
    Waiting,

    /// <summary>As <see cref="Waiting"/>, and this node runs the job.</summary>
    Running,

    /// <summary>The client has left, or the time of the request is over.</summary>
    Aborted,

    /// <summary>The job is done.</summary>
    Done,

    /// <summary>The job is a dead letter.</summary>
    Dead,

    /// <summary>The job was cancelled.</summary>
    Cancelled,

    /// <summary>The job was discarded.</summary>
    Discarded,
}

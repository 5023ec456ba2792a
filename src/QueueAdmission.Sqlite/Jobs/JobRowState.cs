namespace QueueAdmission.Sqlite;

/// <summary>The state of a job in the file. The numbers are part of the schema.</summary>
/// <remarks>
/// <see cref="StoredJobState.Waiting"/> corresponds to three states here. A claim therefore finds its jobs at the front
/// of an index, and does not have to skip jobs that are not due or that wait for another job of their sequence.
/// </remarks>
internal enum JobRowState
{
    /// <summary>The job waits and can be claimed.</summary>
    Ready = 0,

    /// <summary>The job waits until it is due.</summary>
    Delayed = 1,

    /// <summary>The job waits for an earlier job with the same sequence key.</summary>
    Blocked = 2,

    Running = 3,
    Dead = 4,
    Done = 5,
    Cancelled = 6,
    Discarded = 7,
}

namespace QueueAdmission.Sqlite;

/// <summary>The state of a job as the file holds it. The numbers are part of the schema.</summary>
/// <remarks>
/// <see cref="StoredJobState.Waiting"/> is three states here. So a claim finds its jobs at the front of an index, and
/// never passes over those that are not due, or that wait for another job of their sequence.
/// </remarks>
internal enum JobRowState
{
    /// <summary>It waits, and can be claimed.</summary>
    Ready = 0,

    /// <summary>It waits until it is due.</summary>
    Delayed = 1,

    /// <summary>It waits for an earlier job of its sequence key.</summary>
    Blocked = 2,

    Running = 3,
    Dead = 4,
    Done = 5,
    Cancelled = 6,
    Discarded = 7,
}

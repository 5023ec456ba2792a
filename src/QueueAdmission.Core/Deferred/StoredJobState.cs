namespace QueueAdmission;

/// <summary>The state of an accepted job.</summary>
public enum StoredJobState
{
    /// <summary>The job waits for its first or next attempt.</summary>
    Waiting = 0,

    /// <summary>The job runs.</summary>
    Running = 1,

    /// <summary>The job is done, and its result is kept.</summary>
    Done = 2,

    /// <summary>The job failed for good: it is a dead letter, and an operator decides about it.</summary>
    Dead = 3,

    /// <summary>The job was cancelled while it waited.</summary>
    Cancelled = 4,

    /// <summary>The job was a dead letter, and an operator discarded it.</summary>
    Discarded = 5,
}

namespace QueueAdmission;

/// <summary>What became of an accepted job.</summary>
public enum StoredJobState
{
    /// <summary>It waits for its first attempt or for another one.</summary>
    Waiting = 0,

    /// <summary>It runs.</summary>
    Running = 1,

    /// <summary>It is done, and its result is kept.</summary>
    Done = 2,

    /// <summary>It failed for good, and waits for an operator.</summary>
    Dead = 3,

    /// <summary>It was cancelled while it waited.</summary>
    Cancelled = 4,

    /// <summary>It was a dead letter, and an operator discarded it.</summary>
    Discarded = 5,
}

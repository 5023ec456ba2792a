namespace QueueAdmission;

/// <summary>How an attempt to run a job ended.</summary>
public enum JobEndKind
{
    /// <summary>The job is done. Its result is kept, and its payload is removed.</summary>
    Done = 0,

    /// <summary>The attempt failed. The job waits again, and the attempt counts.</summary>
    Retry = 1,

    /// <summary>The job failed for good: it is a dead letter. It is kept with its payload.</summary>
    Dead = 2,

    /// <summary>
    /// The attempt was given back before it ended. The job waits again, and the attempt does not count.
    /// </summary>
    GivenBack = 3,
}

namespace QueueAdmission;

/// <summary>The way in which an attempt to run a job ended.</summary>
public enum JobEndKind
{
    /// <summary>The job is done. Its result is kept, and its payload is removed.</summary>
    Done = 0,

    /// <summary>The attempt failed. The job waits again, and the attempt counts.</summary>
    Retry = 1,

    /// <summary>The job failed for good and is a dead letter now. It is kept with its payload.</summary>
    Dead = 2,

    /// <summary>
    /// The node returned the job before the attempt had ended. The job waits again, and the attempt does not count.
    /// </summary>
    GivenBack = 3,
}

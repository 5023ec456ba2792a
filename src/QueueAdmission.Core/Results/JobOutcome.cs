namespace QueueAdmission;

/// <summary>The status of a pushed job that has ended.</summary>
public enum JobStatus
{
    /// <summary>The job ran and completed successfully.</summary>
    Ran = 1,

    /// <summary>The job ran and threw the exception in <see cref="JobOutcome.Exception"/>.</summary>
    Failed = 2,

    /// <summary>
    /// The queue refused the job, so it never ran. <see cref="JobOutcome.Rejection"/> contains the reason.
    /// </summary>
    Rejected = 3,

    /// <summary>
    /// The job's token was cancelled. The job either left the line without running, or it ran and ended with an
    /// <see cref="OperationCanceledException"/>.
    /// </summary>
    Cancelled = 4,

    /// <summary>
    /// The job was still running when the application ended: when the host's shutdown timeout expired, or when the
    /// container that owns the queue was disposed. The job is not interrupted, but its outcome is not reported.
    /// </summary>
    Unfinished = 5,
}

/// <summary>The outcome of a pushed job.</summary>
/// <param name="Status">How the job ended.</param>
/// <param name="Exception">
/// The exception that the job threw, unchanged. Null unless <paramref name="Status"/> is
/// <see cref="JobStatus.Failed"/>.
/// </param>
/// <param name="Rejection">
/// The refusal. Null unless <paramref name="Status"/> is <see cref="JobStatus.Rejected"/>.
/// </param>
public sealed record JobOutcome(JobStatus Status, Exception? Exception = null, Rejection? Rejection = null);

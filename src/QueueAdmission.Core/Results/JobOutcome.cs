namespace QueueAdmission;

/// <summary>How a pushed job ended.</summary>
public enum JobStatus
{
    /// <summary>The job ran to its end.</summary>
    Ran = 1,

    /// <summary>The job ran and threw; <see cref="JobOutcome.Exception"/> holds what it threw.</summary>
    Failed = 2,

    /// <summary>The queue refused the job, so it never ran; <see cref="JobOutcome.Rejection"/> says why.</summary>
    Rejected = 3,

    /// <summary>
    /// The job's token was cancelled: either the job left the line and never ran, or it ran and ended by that
    /// cancellation.
    /// </summary>
    Cancelled = 4,

    /// <summary>
    /// The job still ran when its application ended: when the host's shutdown timeout was over, or the container that
    /// owns the queue was disposed. The job is not interrupted, but no outcome follows.
    /// </summary>
    Unfinished = 5,
}

/// <summary>The one outcome of a pushed job.</summary>
/// <param name="Status">How the job ended.</param>
/// <param name="Exception">
/// What the job threw, unchanged; null unless <paramref name="Status"/> is <see cref="JobStatus.Failed"/>.
/// </param>
/// <param name="Rejection">
/// The refusal; null unless <paramref name="Status"/> is <see cref="JobStatus.Rejected"/>.
/// </param>
public sealed record JobOutcome(JobStatus Status, Exception? Exception = null, Rejection? Rejection = null);

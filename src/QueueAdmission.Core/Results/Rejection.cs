namespace QueueAdmission;

/// <summary>A queue's refusal of one job.</summary>
/// <param name="Reason">Why the job was refused.</param>
/// <param name="RetryAfter">
/// When the caller may sensibly try again, counted from now: whole seconds between
/// <see cref="JobQueueOptions.MinRetryAfter"/> and <see cref="JobQueueOptions.MaxRetryAfter"/>. It is computed from the
/// rate at which the queue finishes jobs, and spread, so that callers refused together do not all return together.
/// </param>
public readonly record struct Rejection(RejectionReason Reason, TimeSpan RetryAfter);

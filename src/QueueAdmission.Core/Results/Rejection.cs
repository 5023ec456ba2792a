namespace QueueAdmission;

/// <summary>A queue's refusal of one job.</summary>
/// <param name="Reason">Why the job was refused.</param>
/// <param name="RetryAfter">
/// The time after which the caller should try again, in whole seconds between
/// <see cref="JobQueueOptions.MinRetryAfter"/> and <see cref="JobQueueOptions.MaxRetryAfter"/>. It follows from the
/// rate at which the queue completes jobs. The times are spread, so that callers that are refused together do not all
/// return together.
/// </param>
public readonly record struct Rejection(RejectionReason Reason, TimeSpan RetryAfter);

namespace QueueAdmission;

/// <summary>
/// The decision that the queue would have made about a job without a dry run. The default value means that the job
/// would have started at once.
/// </summary>
/// <param name="Waits">Whether the job would have waited.</param>
/// <param name="Reason">
/// The reason for which the job would have been refused. Null if it would not have been refused.
/// </param>
internal readonly record struct DryRunVerdict(bool Waits, RejectionReason? Reason);

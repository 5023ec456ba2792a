namespace QueueAdmission;

/// <summary>
/// The outcome that a job would have had without dry run. The default value: it would have run at once.
/// </summary>
/// <param name="Waits">It would have waited.</param>
/// <param name="Reason">Why it would have been refused; null if it would not.</param>
internal readonly record struct DryRunVerdict(bool Waits, RejectionReason? Reason);

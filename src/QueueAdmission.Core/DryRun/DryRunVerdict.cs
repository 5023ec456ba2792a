namespace QueueAdmission;

/// <summary>What would have become of a job. The default: it would have run at once.</summary>
/// <param name="Waits">It would have waited.</param>
/// <param name="Reason">Why it would have been refused; null if it would not.</param>
internal readonly record struct DryRunVerdict(bool Waits, RejectionReason? Reason);

namespace QueueAdmission.Deferred;

/// <summary>How a handler ended.</summary>
/// <param name="Response">What it has written.</param>
/// <param name="Failure">What it threw; null if it ended normally.</param>
/// <param name="IsAborted">Whether it aborted the request.</param>
/// <param name="IsTimeout">Whether it did not end within the timeout of its endpoint.</param>
internal sealed record ReplayOutcome(CapturedResponse Response, Exception? Failure, bool IsAborted, bool IsTimeout);

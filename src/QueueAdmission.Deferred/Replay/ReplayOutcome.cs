namespace QueueAdmission.Deferred;

/// <summary>The outcome of a handler.</summary>
/// <param name="Response">The response that the handler has written.</param>
/// <param name="Failure">The exception that the handler threw. Null if it ended normally.</param>
/// <param name="IsAborted">Whether the handler aborted the request.</param>
/// <param name="IsTimeout">Whether the handler exceeded the timeout of its endpoint.</param>
internal sealed record ReplayOutcome(CapturedResponse Response, Exception? Failure, bool IsAborted, bool IsTimeout);

namespace QueueAdmission.Deferred;

/// <summary>Specifies which requests of an endpoint are accepted now and run later.</summary>
public enum DeferWhen
{
    /// <summary>All requests.</summary>
    Always = 0,

    /// <summary>
    /// The requests that the queue would answer with 503. All other requests run at once, as without deferring. A
    /// request stays rejected if it exceeds a limit of its caller (429), or if the queue is draining.
    /// </summary>
    /// <remarks>
    /// A request with an <c>Idempotency-Key</c> is always stored, and waits for its outcome as with
    /// <see cref="Preferred"/>. Without a stored record, its repetition could not be recognized.
    /// </remarks>
    Rejected = 1,

    /// <summary>
    /// The requests whose client asks for it with <c>Prefer: respond-async</c> (RFC 7240). The request is stored first.
    /// The connection then waits for its outcome for the time in <c>wait</c>, at most
    /// <see cref="DeferredSettings.MaxPreferWait"/>. If the job ends in time, the client gets the real answer,
    /// otherwise a 202.
    /// </summary>
    /// <remarks>
    /// Requests without this preference run at once, as without deferring. Requests with an <c>Idempotency-Key</c> are
    /// always stored.
    /// </remarks>
    Preferred = 2,
}

namespace QueueAdmission.Deferred;

/// <summary>Which requests of an endpoint are accepted now and run later.</summary>
public enum DeferWhen
{
    /// <summary>All of them.</summary>
    Always = 0,

    /// <summary>
    /// Those that the queue would answer with 503. The others run at once, as without deferring. A refusal that
    /// concerns one caller only (429), and one of a queue that drains, stays a refusal.
    /// </summary>
    /// <remarks>
    /// A request with an <c>Idempotency-Key</c> is stored in any case, and waits for its outcome as with
    /// <see cref="Preferred"/>. A request that has left no trace could not be recognized when it is repeated.
    /// </remarks>
    Rejected = 1,

    /// <summary>
    /// Those whose client asks for it with <c>Prefer: respond-async</c> (RFC 7240). The request is stored first, and
    /// the connection waits for its outcome as long as <c>wait</c> says, at most
    /// <see cref="DeferredSettings.MaxPreferWait"/>. In time, the client gets the real answer; later, a 202.
    /// </summary>
    /// <remarks>
    /// Requests without this preference run at once, as without deferring. Those with an <c>Idempotency-Key</c> are
    /// stored in any case.
    /// </remarks>
    Preferred = 2,
}

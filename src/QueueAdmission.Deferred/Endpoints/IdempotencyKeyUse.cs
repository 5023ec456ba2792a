namespace QueueAdmission.Deferred;

/// <summary>Specifies how an endpoint treats the header <c>Idempotency-Key</c>.</summary>
public enum IdempotencyKeyUse
{
    /// <summary>
    /// A request with a key is stored only once, even if it is repeated. A request without a key is always new.
    /// </summary>
    Optional = 0,

    /// <summary>Like <see cref="Optional"/>, but a request without a key is answered with 400.</summary>
    Required = 1,

    /// <summary>The header has no effect. The handler can read the header and use it.</summary>
    Ignored = 2,
}

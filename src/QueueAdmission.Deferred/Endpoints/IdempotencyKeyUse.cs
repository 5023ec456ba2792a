namespace QueueAdmission.Deferred;

/// <summary>What an endpoint does with the header <c>Idempotency-Key</c>.</summary>
public enum IdempotencyKeyUse
{
    /// <summary>A request with a key is stored once. A request without one is always new.</summary>
    Optional = 0,

    /// <summary>As <see cref="Optional"/>, and a request without a key is answered with 400.</summary>
    Required = 1,

    /// <summary>The header has no effect. The handler sees it and may use it by itself.</summary>
    Ignored = 2,
}

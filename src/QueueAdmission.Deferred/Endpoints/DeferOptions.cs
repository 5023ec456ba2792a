using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>The options for the deferred requests of an endpoint.</summary>
public sealed class DeferOptions
{
    /// <summary>
    /// Returns the sequence key of a request. Deferred requests of the queue with the same key run one at a time, in
    /// the order in which they were accepted. Requests whose key is null or empty run in any order. Default null: all
    /// requests run in any order.
    /// </summary>
    /// <remarks>
    /// The function is called once, when the request is accepted, after binding and validation. Only a hash of the key
    /// is stored. A dead letter does not block the jobs after it.
    /// </remarks>
    public Func<HttpContext, string?>? SequentialBy { get; set; }

    /// <summary>
    /// The effect of the header <c>Idempotency-Key</c>. Default <see cref="IdempotencyKeyUse.Optional"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public IdempotencyKeyUse IdempotencyKey
    {
        get;
        set
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(value), value, "Not defined; allowed: Optional, Required, Ignored.");
            }
            field = value;
        }
    }
}

using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>What differs for the deferred requests of an endpoint.</summary>
public sealed class DeferOptions
{
    /// <summary>
    /// Returns the key of a request: deferred requests of the queue with the same key run one after the other, as they
    /// were accepted. Null or empty: in any order. Default null: all in any order.
    /// </summary>
    /// <remarks>
    /// It is called once, when the request is accepted, after binding and validation. Only a hash of the key is stored.
    /// A dead letter does not hold up the jobs behind it.
    /// </remarks>
    public Func<HttpContext, string?>? SequentialBy { get; set; }

    /// <summary>
    /// What the header <c>Idempotency-Key</c> does. Default <see cref="IdempotencyKeyUse.Optional"/>.
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

using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>What <see cref="QueuedAdmissionOptions.OnRejected"/> gets to know about one rejected request.</summary>
public sealed class RejectionContext
{
    /// <summary>The request. Its handler does not run.</summary>
    public required HttpContext HttpContext { get; init; }

    /// <summary>The name of the queue that refused.</summary>
    public required string QueueName { get; init; }

    /// <summary>The reason.</summary>
    public required RejectionReason Reason { get; init; }

    /// <summary>When the client should come back, counted from now; in whole seconds. The <c>Retry-After</c> header is set to it already.</summary>
    public required TimeSpan RetryAfter { get; init; }
}

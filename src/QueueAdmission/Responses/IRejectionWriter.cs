namespace QueueAdmission;

/// <summary>Writes the answer to rejected requests of certain clients, for example the page for browsers.</summary>
/// <remarks>
/// <para>The first writer whose <see cref="CanWrite"/> returns true writes. The order is
/// <see cref="RequestQueueOptions.RejectionWriters"/> of the queue,
/// <see cref="QueuedAdmissionOptions.RejectionWriters"/> of all queues, and last the built-in answers: gRPC, a page for
/// browsers, <c>application/problem+json</c>.</para>
/// <para>One writer serves many requests at once. Services are available from <c>HttpContext.RequestServices</c>. An
/// exception of a writer is logged, at most once a minute for each queue, and the built-in answer is written instead. A
/// response that has already started is aborted.</para>
/// <para>For simple cases use <see cref="RejectionWriter"/> instead of a class.</para>
/// </remarks>
public interface IRejectionWriter
{
    /// <summary>Whether this writer answers the request.</summary>
    /// <param name="context">The rejected request.</param>
    /// <returns>True if this writer is to write the answer. Then no other writer is asked.</returns>
    bool CanWrite(RejectionContext context);

    /// <summary>Writes the body, and its content type.</summary>
    /// <remarks>
    /// The status, <c>Retry-After</c>, <c>Cache-Control: no-store</c> and <c>Vary: Accept</c> are set already, and may
    /// be changed. For <see cref="RejectionFormat.Grpc"/> the status is 200, and the answer is in headers such as
    /// <c>grpc-status</c>. A writer that writes nothing leaves the body to middlewares in front of the queue.
    /// </remarks>
    /// <param name="context">The rejected request.</param>
    /// <returns>A task that ends when the answer has been written.</returns>
    ValueTask WriteAsync(RejectionContext context);
}

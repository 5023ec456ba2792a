namespace QueueAdmission;

/// <summary>Creates writers for <see cref="RequestQueueOptions.RejectionWriters"/> from functions.</summary>
/// <remarks>
/// <code>
/// o.RejectionWriters =
/// [
///     RejectionWriter.ForFormat(RejectionFormat.Page, async rejected =>
///         await Results.Content("&lt;h1>Busy&lt;/h1>", "text/html").ExecuteAsync(rejected.HttpContext)),
/// ];
/// </code>
/// </remarks>
public static class RejectionWriter
{
    /// <summary>
    /// Writes no body. The response has the status, <c>Retry-After</c> and <see cref="IQueueRejectionFeature"/>, so
    /// that <c>UseStatusCodePages</c> and <c>UseStatusCodePagesWithReExecute</c> show the application's own page. gRPC
    /// calls keep their built-in answer, which has no body.
    /// </summary>
    public static IRejectionWriter StatusOnly { get; } = new Writer(
        static rejected => rejected.Format != RejectionFormat.Grpc, static _ => ValueTask.CompletedTask);

    /// <summary>Replaces one of the built-in answers.</summary>
    /// <param name="format">The answer that is replaced.</param>
    /// <param name="write">Writes the body and its content type: see <see cref="IRejectionWriter.WriteAsync"/>.</param>
    /// <returns>A writer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="write"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="format"/> is none of the formats.</exception>
    public static IRejectionWriter ForFormat(RejectionFormat format, Func<RejectionContext, ValueTask> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (!Enum.IsDefined(format))
        {
            throw new ArgumentOutOfRangeException(nameof(format), format, "Allowed: Problem, Page, Grpc.");
        }
        return new Writer(rejected => rejected.Format == format, write);
    }

    /// <summary>
    /// Adds an answer for clients that ask for a media type. See <see cref="RejectionContext.Prefers"/>.
    /// </summary>
    /// <param name="mediaType">The media type, for example <c>text/csv</c>; compared without case.</param>
    /// <param name="write">Writes the body and its content type: see <see cref="IRejectionWriter.WriteAsync"/>.</param>
    /// <returns>A writer.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="mediaType"/> is blank.</exception>
    public static IRejectionWriter ForMediaType(string mediaType, Func<RejectionContext, ValueTask> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(mediaType);
        ArgumentNullException.ThrowIfNull(write);
        return new Writer(rejected => rejected.Prefers(mediaType), write);
    }

    private sealed class Writer(Func<RejectionContext, bool> canWrite, Func<RejectionContext, ValueTask> write)
        : IRejectionWriter
    {
        public bool CanWrite(RejectionContext context) => canWrite(context);

        public ValueTask WriteAsync(RejectionContext context) => write(context);
    }
}

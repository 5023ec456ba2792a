using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission;

/// <summary>Makes sure that the answer to an unread upload arrives on HTTP/2.</summary>
/// <remarks>
/// <para>If a response is complete before the body of the request has arrived, Kestrel resets the stream with NO_ERROR.
/// RFC 9113 (8.1) allows that, and forbids clients to discard the answer because of the reset. curl discards the answer
/// if it reads answer and reset together: 7.88 lost every answer to uploads of 1 MB and more, and a few at 16
/// KB.</para>
/// <para>The reset is therefore delayed for a moment after the complete answer. curl then reads the answer before the
/// reset and stops sending. Other clients are not affected. HTTP/1.1 needs no delay, because Kestrel goes on receiving
/// for a while.</para>
/// </remarks>
internal static class UnreadUpload
{
    /// <summary>
    /// The delay. On an overloaded machine, curl lost none of 60 answers with this delay, and one of 30 with half of
    /// it.
    /// </summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    // In bytes. A body of at most this length arrives in the packet of its headers.
    private const int InTheFirstPacket = 1024;

    public static bool IsPossible(HttpRequest request) =>
        request.Protocol == HttpProtocol.Http2
            && request.HttpContext.Features.Find<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            && request.ContentLength is not <= InTheFirstPacket;

    public static async Task HoldStreamAfterAsync(Task answering, HttpResponse response, TimeProvider time)
    {
        await answering;
        // The response starts later for gRPC, or if a middleware buffers it. There is no answer yet that a reset could
        // overtake.
        if (!response.HasStarted)
        {
            return;
        }
        await response.CompleteAsync();
        await Task.Delay(Moment, time);
    }
}

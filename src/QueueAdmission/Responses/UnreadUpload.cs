using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission;

/// <summary>Makes sure that the answer to an unread upload arrives on HTTP/2.</summary>
/// <remarks>
/// <para>When a request ends before its body has come, Kestrel ends the response and resets the stream with NO_ERROR,
/// as RFC 9113 (8.1) allows. A client may not discard the answer because of that. curl does, if it finds both in one
/// read: 7.88 lost every answer to uploads of 1 MB and more, and a few at 16 KB.</para>
/// <para>So the reset is delayed for a moment after the complete answer. Such a client then takes the answer and stops
/// sending by itself. Other clients notice nothing. On HTTP/1.1 there is nothing to do: Kestrel goes on receiving for a
/// while.</para>
/// </remarks>
internal static class UnreadUpload
{
    /// <summary>
    /// The delay. On an overloaded machine curl lost none of 60 answers with it, and one of 30 with half of it.
    /// </summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    // A body that is no longer than this comes in the packet of its headers.
    private const int InTheFirstPacket = 1024;

    public static bool IsPossible(HttpRequest request) =>
        request.Protocol == HttpProtocol.Http2
            && request.HttpContext.Features.Find<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            && request.ContentLength is not <= InTheFirstPacket;

    public static async Task HoldStreamAfterAsync(Task answering, HttpResponse response, TimeProvider time)
    {
        await answering;
        // gRPC and middlewares that buffer the response start it later. A reset could overtake nothing yet.
        if (!response.HasStarted)
        {
            return;
        }
        await response.CompleteAsync();
        await Task.Delay(Moment, time);
    }
}

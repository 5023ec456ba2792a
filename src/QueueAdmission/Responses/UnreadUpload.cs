using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace QueueAdmission;

/// <summary>Sees to it that the answer to an upload that nobody reads arrives on HTTP/2.</summary>
/// <remarks>
/// When a request ends before its body has come, Kestrel ends the response and resets the stream with NO_ERROR, as RFC 9113 (8.1) allows. A client
/// may not discard the answer because of that; curl does, if it finds both in one read (7.88 lost every answer to uploads of 1 MB and more, and a few already at 16 KB).
/// So the reset is kept back for a moment after the complete answer, in which such a client takes the answer and stops sending by itself. Others
/// notice nothing. On HTTP/1.1 there is nothing to do: Kestrel goes on receiving for a while.
/// </remarks>
internal static class UnreadUpload
{
    /// <summary>On an overloaded machine curl still lost one answer in thirty with half of it, and none of sixty with this.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    // What is no longer than this comes in the packet of its headers and is there already.
    private const int InTheFirstPacket = 1024;

    public static bool IsPossible(HttpContext context)
    {
        var request = context.Request;
        return request.Protocol == HttpProtocol.Http2
            && context.Features.Find<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            && request.ContentLength is not <= InTheFirstPacket;
    }

    public static async Task HoldStreamAfterAsync(Task answering, HttpResponse response, TimeProvider time)
    {
        await answering;
        // gRPC and an outer middleware that buffers the response start it only later: there is nothing yet that a reset could overtake.
        if (!response.HasStarted)
            return;
        await response.CompleteAsync();
        await Task.Delay(Moment, time);
    }
}

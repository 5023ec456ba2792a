using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace QueueAdmission;

/// <summary>Ends a request whose token was cancelled while it waited.</summary>
internal static class AbandonedAnswer
{
    /// <summary>Marks the request as left by its client, or lets the one who cancelled it for another reason answer.</summary>
    /// <exception cref="OperationCanceledException">Somebody up the pipeline cancelled the request, as request timeouts do; they catch this and answer 504.</exception>
    public static void Write(HttpContext context)
    {
        // Nobody reads the status, but logs and metrics do: 499, the status ASP.NET Core itself gives to requests whose client left.
        if (!context.Response.HasStarted)
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        if (!ClientHasLeft(context))
            throw new OperationCanceledException(context.RequestAborted);
    }

    private static bool ClientHasLeft(HttpContext context)
    {
        var features = context.Features;
        var connection = features.Find<IConnectionLifetimeFeature>();
        if (connection is { ConnectionClosed.IsCancellationRequested: true })
            return true;
        // The timeout's token is linked with the client's own. On HTTP/2 or 3 it may have been the client who reset the stream; then the server, where the
        // exception ends, takes it for what it is.
        if (features.Find<IHttpRequestTimeoutFeature>() is { RequestTimeoutToken.IsCancellationRequested: true })
            return false;
        // RequestAborted may have been replaced by other middleware. On HTTP/1.x the open connection tells that it was; a stream of HTTP/2 or 3 has no such witness.
        return connection is null || HttpProtocol.IsHttp2(context.Request.Protocol) || HttpProtocol.IsHttp3(context.Request.Protocol);
    }
}

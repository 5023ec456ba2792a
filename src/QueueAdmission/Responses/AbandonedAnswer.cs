using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Ends a request whose token was cancelled while it waited.</summary>
/// <remarks>
/// <para>The token may be the server's, because the client has left, or that of a middleware that put its own in the place of
/// <see cref="HttpContext.RequestAborted"/>, because a time is over. Such a middleware catches the cancellation and answers the client, as
/// the framework's request timeouts do. So the cancellation is swallowed only if the client has certainly left.</para>
/// <para>Only a closed connection says so. Once the token is replaced, a server gives nothing else that tells: the stream of HTTP/2 that the client
/// has reset looks like one that is open, and IIS, HTTP.sys and the test server have no feature for it at all. In all these cases the
/// cancellation goes up. Where the client has left after all, it makes no noise: servers, exception handlers and the developer page of the framework log a
/// cancelled request that was aborted at Debug, as they do for a handler that used the token.</para>
/// </remarks>
internal static class AbandonedAnswer
{
    /// <summary>Marks the request as left by its client, and unless that is certain lets the cancellation go up the pipeline.</summary>
    /// <exception cref="OperationCanceledException">The owner of the token may have cancelled it, and then answers.</exception>
    public static void Write(HttpContext context)
    {
        // For logs and metrics: 499, the status that ASP.NET Core gives to requests whose client left.
        if (!context.Response.HasStarted)
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        if (context.Features.Find<IConnectionLifetimeFeature>() is not { ConnectionClosed.IsCancellationRequested: true })
            throw new OperationCanceledException(context.RequestAborted);
    }
}

using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Ends a request whose cancellation token was cancelled while the request waited.</summary>
/// <remarks>
/// <para>The token may be the server's, because the client has left. Or a middleware has replaced
/// <see cref="HttpContext.RequestAborted"/> by its own token, and its time limit is over. Such a middleware catches the
/// cancellation and answers the client, as the framework's request timeouts do. The cancellation is therefore swallowed
/// only if the client has certainly left.</para>
/// <para>Only a closed connection is proof of that. Once the token is replaced, a server gives no other sign: a stream
/// of HTTP/2 that the client has reset looks open, and IIS, HTTP.sys and the test server have no feature for it. In
/// these cases the cancellation is thrown up the pipeline. If the client has left after all, that does no harm: the
/// framework logs the cancellation of an aborted request at Debug.</para>
/// </remarks>
internal static class AbandonedAnswer
{
    /// <summary>
    /// Sets the status 499. Throws the cancellation up the pipeline, unless the client has certainly left.
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// The token may have been cancelled by a middleware that owns it. That middleware then answers.
    /// </exception>
    public static void Write(HttpContext context)
    {
        // For logs and metrics: 499, the status that ASP.NET Core gives to requests whose client left.
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        var connection = context.Features.Find<IConnectionLifetimeFeature>();
        if (connection is not { ConnectionClosed.IsCancellationRequested: true })
        {
            throw new OperationCanceledException(context.RequestAborted);
        }
    }
}

using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Ends a request whose cancellation token was cancelled while the request waited.</summary>
/// <remarks>
/// <para>The token may be the server's, because the client has left. Or a middleware has replaced
/// <see cref="HttpContext.RequestAborted"/> by its own token, and its time limit is over. Such a middleware catches the
/// cancellation and answers the client, as the framework's request timeouts do. The cancellation is therefore swallowed
/// only if the client has certainly left.</para>
/// <para>The only proof is a closed connection. The cancelled token proves nothing, because it may belong to a
/// middleware. If a client resets an HTTP/2 stream, its connection stays open. IIS, HTTP.sys and the test server do not
/// tell whether the connection is closed. In all these cases the cancellation is thrown up the pipeline. The framework
/// logs the cancellation of an aborted request only at Debug. A middleware that runs before the queue sees an
/// exception, and may log it as an error.</para>
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

using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Ends a request whose token was cancelled while it waited.</summary>
/// <remarks>
/// <para>The token may be the server's, because the client has left. Or a middleware has replaced
/// <see cref="HttpContext.RequestAborted"/> by its own token, and a time is over. Such a middleware catches the
/// cancellation and answers the client, as the framework's request timeouts do. So the cancellation is swallowed only
/// if the client has certainly left.</para>
/// <para>Only a closed connection is certain. Once the token is replaced, a server gives no other sign: a stream of
/// HTTP/2 that the client has reset looks open, and IIS, HTTP.sys and the test server have no feature for it. In these
/// cases the cancellation goes up. Where the client has left after all, that does no harm: the framework logs the
/// cancellation of an aborted request at Debug.</para>
/// </remarks>
internal static class AbandonedAnswer
{
    /// <summary>
    /// Sets the status 499. It also throws the cancellation up the pipeline, unless the client has certainly left.
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// The owner of the token may have cancelled it, and then answers.
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

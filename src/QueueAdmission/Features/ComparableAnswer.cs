using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>
/// Decides whether the duration of an answer tells how fast the service is. That of a failure or an event stream does
/// not.
/// </summary>
internal static class ComparableAnswer
{
    private const string GrpcStatus = "grpc-status";

    public static bool Is(HttpResponse response) =>
        response.StatusCode < StatusCodes.Status400BadRequest
        && response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) is not true
        && !FailedAsGrpc(response);

    /// <summary>
    /// The HTTP status of every gRPC answer is 200. The status of the call is in a header or a trailer.
    /// </summary>
    private static bool FailedAsGrpc(HttpResponse response)
    {
        if (response.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) is not true)
        {
            return false;
        }
        var status = response.Headers[GrpcStatus];
        if (status.Count == 0
            && response.HttpContext.Features.Find<IHttpResponseTrailersFeature>() is { Trailers: { } trailers })
        {
            status = trailers[GrpcStatus];
        }
        return !StringValues.IsNullOrEmpty(status) && status != "0";
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>
/// Decides whether the duration of an answer shows how fast the service is. The duration of a failure or of an event
/// stream does not.
/// </summary>
internal static class ComparableAnswer
{
    private const string GrpcStatus = "grpc-status";

    public static bool Is(HttpResponse response) =>
        response.StatusCode < StatusCodes.Status400BadRequest
        && response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) is not true
        && !FailedAsGrpc(response);

    /// <summary>
    /// Returns whether the answer is a failed gRPC call. The HTTP status of a gRPC answer is 200 even then; the status
    /// of the call is in a header or a trailer.
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

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>Tells the answers whose time says how the service is doing from those that ended early or were meant to last.</summary>
internal static class ComparableAnswer
{
    private const string GrpcStatus = "grpc-status";

    public static bool Is(HttpResponse response) =>
        response.StatusCode < StatusCodes.Status400BadRequest
        && response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) is not true
        && !FailedAsGrpc(response);

    /// <summary>To HTTP every answer of gRPC is a 200; how the call ended stands in a trailer.</summary>
    private static bool FailedAsGrpc(HttpResponse response)
    {
        if (response.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) is not true)
            return false;
        var status = response.Headers[GrpcStatus];
        if (status.Count == 0 && response.HttpContext.Features.Find<IHttpResponseTrailersFeature>() is { Trailers: { } trailers })
            status = trailers[GrpcStatus];
        return !StringValues.IsNullOrEmpty(status) && status != "0";
    }
}

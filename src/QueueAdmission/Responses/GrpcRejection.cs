using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>
/// The answer for gRPC clients: UNAVAILABLE, or RESOURCE_EXHAUSTED if only this caller is at its limit.
/// </summary>
/// <remarks>The answer is "trailers-only": it consists of headers and has no body.</remarks>
internal sealed class GrpcRejection(PreparedRejection rejection)
{
    private static readonly StringValues ResourceExhausted = "8";
    private static readonly StringValues Unavailable = "14";

    private readonly StringValues _message = GrpcMessage.Encode(
        $"{rejection.Detail} ({rejection.Reason.ToWireName()}, queue {rejection.QueueName})");

    private readonly StringValues _pushback = (rejection.Seconds * 1000).ToString(CultureInfo.InvariantCulture);

    public void Write(HttpContext context)
    {
        var response = context.Response;
        var requested = context.Request.ContentType!;
        // gRPC-Web clients accept only the content type that they have sent.
        response.ContentType = requested.StartsWith("application/grpc-web", StringComparison.OrdinalIgnoreCase)
            ? requested
            : "application/grpc";
        var headers = response.Headers;
        headers["grpc-status"] = CallerLimit.IsReason(rejection.Reason) ? ResourceExhausted : Unavailable;
        headers["grpc-message"] = _message;
        headers["grpc-retry-pushback-ms"] = _pushback;
    }
}

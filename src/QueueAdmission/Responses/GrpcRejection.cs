using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission;

/// <summary>
/// The refusal for gRPC clients: UNAVAILABLE, or RESOURCE_EXHAUSTED where only this caller has asked for too much. "Trailers-only", that is, as the headers of a
/// response without a body.
/// </summary>
internal sealed class GrpcRejection(RejectionAnswer answer)
{
    private static readonly StringValues ResourceExhausted = "8";
    private static readonly StringValues Unavailable = "14";

    // Printable ASCII without a percent sign: percent-encoding, which gRPC asks for, would change nothing.
    private readonly StringValues _message = $"{answer.Detail} ({answer.Reason.ToWireName()}, queue {answer.QueueName})";
    private readonly StringValues _pushback = (answer.Seconds * 1000).ToString(CultureInfo.InvariantCulture);

    public void Write(HttpContext context)
    {
        var response = context.Response;
        var requested = context.Request.ContentType!;
        // gRPC-Web clients insist on their own content type.
        response.ContentType = requested.StartsWith("application/grpc-web", StringComparison.OrdinalIgnoreCase) ? requested : "application/grpc";
        var headers = response.Headers;
        headers["grpc-status"] = CallersOwnFault.Is(answer.Reason) ? ResourceExhausted : Unavailable;
        headers["grpc-message"] = _message;
        headers["grpc-retry-pushback-ms"] = _pushback;
    }
}

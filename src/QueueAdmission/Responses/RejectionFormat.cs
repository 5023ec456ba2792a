using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The kinds of answers to a rejected request. The request decides which one its client understands.</summary>
public enum RejectionFormat
{
    /// <summary><c>application/problem+json</c>, for all other clients.</summary>
    Problem = 1,

    /// <summary>
    /// A page, for browsers: the <c>Accept</c> header names <c>text/html</c>, and JSON is not preferred to it.
    /// </summary>
    Page = 2,

    /// <summary>Headers without a body, for gRPC and gRPC-Web: a POST of <c>application/grpc…</c>.</summary>
    Grpc = 3,
}

/// <summary>Chooses the format of the answer to a request.</summary>
internal static class RejectionFormats
{
    private const string GrpcContentType = "application/grpc";

    public static RejectionFormat Choose(HttpRequest request)
    {
        // Every gRPC call is a POST. The prefix includes application/grpc+proto and application/grpc-web.
        if (request.Method == HttpMethods.Post
            && request.ContentType is { } contentType
            && contentType.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase))
        {
            return RejectionFormat.Grpc;
        }
        return AcceptHeader.PrefersHtml(request.Headers.Accept) ? RejectionFormat.Page : RejectionFormat.Problem;
    }
}

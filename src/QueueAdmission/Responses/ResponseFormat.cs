using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The languages in which a rejection can be said.</summary>
internal enum ResponseFormat
{
    Problem,
    BrowserPage,
    Grpc,
}

/// <summary>Which of them the client speaks.</summary>
internal static class ResponseFormats
{
    private const string GrpcContentType = "application/grpc";

    public static ResponseFormat Choose(HttpRequest request)
    {
        // Every gRPC call is a POST. Also application/grpc+proto and application/grpc-web.
        if (request.Method == HttpMethods.Post && request.ContentType is { } contentType && contentType.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase))
            return ResponseFormat.Grpc;
        return AcceptHeader.PrefersHtml(request.Headers.Accept) ? ResponseFormat.BrowserPage : ResponseFormat.Problem;
    }
}

using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Tells requests that a page of another site makes in its visitor's name from all others.</summary>
/// <remarks>
/// Browsers send <c>Sec-Fetch-Site</c> to every trustworthy address, and no page can set it; where it is missing, <c>Origin</c> tells, which they send with
/// every request that is not a plain GET. Programs send neither. Only the authority of <c>Origin</c> is compared: behind a proxy that ends TLS the
/// scheme seen here is not the browser's. (The rule of Go's <c>http.CrossOriginProtection</c>.)
/// </remarks>
internal static class SameOrigin
{
    /// <summary>Whether nothing speaks against it.</summary>
    public static bool IsPlausible(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers.Origin.Count > 0)
            return headers.Origin.Count == 1 && Uri.TryCreate(headers.Origin[0], UriKind.Absolute, out var origin) && IsSameAuthority(origin, request);
        // A link on another site may lead here, a request by its script may not.
        return headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none" || IsNavigation(request);
    }

    /// <summary>Whether a request that changes something may be one: then a link or form on another site is foreign, too.</summary>
    public static bool IsProvenForChange(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" && IsPlausible(request);

    private static bool IsNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document";

    private static bool IsSameAuthority(Uri origin, HttpRequest request) =>
        origin.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
}

using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Recognises requests that a page of another site sends from the browser of its visitor.</summary>
/// <remarks>
/// <para>The rule is that of Go's <c>http.CrossOriginProtection</c>. Browsers send <c>Sec-Fetch-Site</c> to every
/// trustworthy address, and no page can set it. If it is missing, <c>Origin</c> decides, which browsers send with every
/// request but a plain GET. Programs send neither header.</para>
/// <para>Only the authority of <c>Origin</c> is compared. Behind a proxy that ends TLS, the server sees another scheme
/// than the browser.</para>
/// </remarks>
internal static class SameOrigin
{
    /// <summary>Whether no header shows that the request comes from another site.</summary>
    public static bool IsPlausible(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers.Origin.Count > 0)
        {
            return headers.Origin.Count == 1
                && Uri.TryCreate(headers.Origin[0], UriKind.Absolute, out var origin)
                && IsSameAuthority(origin, request);
        }
        // A link on another site may lead here. A request by a script of another site is refused.
        return headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none" || IsNavigation(request);
    }

    /// <summary>
    /// Whether the request may change something. Here, a link or a form on another site is refused as well.
    /// </summary>
    public static bool IsProvenForChange(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" && IsPlausible(request);

    private static bool IsNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers["Sec-Fetch-Mode"] == "navigate"
        && request.Headers["Sec-Fetch-Dest"] == "document";

    private static bool IsSameAuthority(Uri origin, HttpRequest request) =>
        origin.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
}

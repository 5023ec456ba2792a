using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Recognises requests that a page of another site sends from the browser of its visitor.</summary>
/// <remarks>
/// <para>The headers are those that Go's <c>http.CrossOriginProtection</c> checks. No page can set them. Browsers send
/// <c>Sec-Fetch-Site</c> to every trustworthy address, and <c>Origin</c> with every request except a plain GET or HEAD.
/// If <c>Origin</c> is present, it must name the authority of the request. Otherwise <c>Sec-Fetch-Site</c> decides.
/// Programs send neither header.</para>
/// <para>Only the authority of <c>Origin</c> is compared. Behind a proxy that terminates TLS, the server sees a
/// different scheme than the browser.</para>
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
    /// Whether the request may change something. Unlike <see cref="IsPlausible"/>, it also refuses a link on another
    /// site.
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

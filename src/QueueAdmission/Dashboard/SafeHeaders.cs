using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>The security and cache headers of the dashboard's answers.</summary>
internal static class SafeHeaders
{
    /// <summary>
    /// Allows the page's own scripts, styles, images and data. It forbids frames around the page, base addresses,
    /// forms, and the conversion of text to script (Trusted Types).
    /// </summary>
    private const string OwnOnly =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'";

    public static void SetForData(HttpResponse response)
    {
        Set(response);
        response.Headers.CacheControl = "no-store";
        response.Headers.Append("Vary", "Accept");
    }

    public static void SetForPage(HttpResponse response)
    {
        SetForData(response);
        response.Headers.ContentSecurityPolicy = OwnOnly;
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    public static void SetForAsset(HttpResponse response)
    {
        Set(response);
        // The files change with the version of the package. The browser therefore asks each time, and gets 304 if its
        // copy is current.
        response.Headers.CacheControl = "no-cache";
    }

    private static void Set(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}

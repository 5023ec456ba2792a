using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>What browsers are told about these answers.</summary>
internal static class SafeHeaders
{
    /// <summary>Own script, own style, own data; no frame around it, no base, no form, no text that becomes script.</summary>
    private const string OwnOnly =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

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
        // Asked for each time, sent once: they change with the version of the package.
        response.Headers.CacheControl = "no-cache";
    }

    private static void Set(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}

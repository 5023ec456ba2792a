using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace QueueAdmission.Deferred;

/// <summary>Decides which headers of requests and responses are stored.</summary>
internal static class StoredHeaders
{
    // What handlers and model binding read. Everything else, such as credentials and headers of proxies, is only stored
    // where an endpoint or the application names it.
    private static readonly HashSet<string> Usual = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Accept, HeaderNames.AcceptCharset, HeaderNames.AcceptLanguage, HeaderNames.ContentEncoding,
        HeaderNames.ContentLanguage, HeaderNames.ContentLength, HeaderNames.ContentType, HeaderNames.From,
        HeaderNames.Host, HeaderNames.IfMatch, HeaderNames.IfModifiedSince, HeaderNames.IfNoneMatch,
        HeaderNames.IfUnmodifiedSince, HeaderNames.Origin, HeaderNames.Referer, HeaderNames.UserAgent,
        HeaderNames.XRequestedWith, "Prefer", "Idempotency-Key", "X-Request-ID", "X-Correlation-ID",
    };

    private static readonly HashSet<string> Credentials = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Authorization, HeaderNames.ProxyAuthorization, HeaderNames.Cookie,
    };

    // They belong to one connection, are written again by the server, or hold credentials.
    private static readonly HashSet<string> NotOfResponses = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.SetCookie, "Set-Cookie2", HeaderNames.Connection, HeaderNames.KeepAlive,
        HeaderNames.TransferEncoding,
        HeaderNames.Trailer, HeaderNames.Upgrade, HeaderNames.Date, HeaderNames.Server, HeaderNames.ProxyAuthenticate,
        HeaderNames.ContentLength, HeaderNames.AltSvc,
    };

    public static bool IsCredential(string name) => Credentials.Contains(name.Trim());

    /// <param name="headers">The headers of the request.</param>
    /// <param name="ofEndpoint">Further headers that the endpoint names.</param>
    /// <param name="ofApplication">Further headers that the application names.</param>
    public static List<KeyValuePair<string, StringValues>> OfRequest(
        IHeaderDictionary headers, IReadOnlySet<string> ofEndpoint, IReadOnlySet<string> ofApplication)
    {
        var stored = new List<KeyValuePair<string, StringValues>>();
        foreach (var header in headers)
        {
            var isNamed = Usual.Contains(header.Key) || ofEndpoint.Contains(header.Key)
                || ofApplication.Contains(header.Key);
            if (isNamed && !Credentials.Contains(header.Key))
            {
                stored.Add(header);
            }
        }
        return stored;
    }

    public static List<KeyValuePair<string, StringValues>> OfResponse(IHeaderDictionary headers)
    {
        var stored = new List<KeyValuePair<string, StringValues>>();
        foreach (var header in headers)
        {
            if (!NotOfResponses.Contains(header.Key) && header.Value.Count > 0)
            {
                stored.Add(header);
            }
        }
        return stored;
    }
}

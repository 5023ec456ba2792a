using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace QueueAdmission.Deferred;

/// <summary>Decides which headers of requests and responses are stored.</summary>
internal static class StoredHeaders
{
    // The headers that handlers and model binding usually read. All other headers, such as those of proxies, are stored
    // only if an endpoint or the application names them. Credentials are never stored.
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

    // Headers that belong to one connection, are set by the server again, or contain credentials.
    private static readonly HashSet<string> NotOfResponses = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.SetCookie, "Set-Cookie2", HeaderNames.Connection, HeaderNames.KeepAlive,
        HeaderNames.TransferEncoding,
        HeaderNames.Trailer, HeaderNames.Upgrade, HeaderNames.Date, HeaderNames.Server, HeaderNames.ProxyAuthenticate,
        HeaderNames.ContentLength, HeaderNames.AltSvc,
    };

    public static bool IsCredential(string name) => Credentials.Contains(name.Trim());

    /// <param name="headers">The headers of the request.</param>
    /// <param name="ofEndpoint">Additional headers that the endpoint names.</param>
    /// <param name="ofApplication">Additional headers that the application names.</param>
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

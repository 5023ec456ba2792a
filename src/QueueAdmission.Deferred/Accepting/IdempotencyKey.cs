using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace QueueAdmission.Deferred;

/// <summary>
/// The key by which a client marks the repetition of a request: the header <c>Idempotency-Key</c> of the expired draft
/// draft-ietf-httpapi-idempotency-key-header-07.
/// </summary>
internal static class IdempotencyKey
{
    /// <summary>The name of the header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>
    /// The fewest characters of the key of an anonymous caller. 22 characters of base64 hold the 128 bits of a UUID.
    /// </summary>
    /// <remarks>
    /// A key leads to the job of an earlier request. For callers that are known, only to a job of their own.
    /// </remarks>
    public const int MinAnonymousLength = 22;

    /// <summary>The key of a job: one per caller, route and key.</summary>
    /// <param name="owner">The hash of the caller's identity; empty for an anonymous caller.</param>
    /// <param name="route">The route of the request.</param>
    /// <param name="key">The key of the client.</param>
    public static byte[] HashOf(byte[] owner, RouteIdentity route, string key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, owner);
        Append(hash, route.Method);
        Append(hash, route.Pattern);
        Append(hash, key);
        return hash.GetHashAndReset();
    }

    /// <summary>Tells two requests with one key apart.</summary>
    /// <remarks>
    /// The key of the client is part of the hash, and the store has it as a hash only. So the store cannot be used to
    /// find a short body by trying.
    /// </remarks>
    /// <param name="request">The request.</param>
    /// <param name="key">The key of the client.</param>
    public static byte[] FingerprintOf(StoredRequest request, string key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, key);
        Append(hash, request.PathBase + request.Path);
        Append(hash, request.QueryString);
        var type = ContentTypeOf(request.Headers);
        Append(hash, type?.MediaType.Value?.ToLowerInvariant() ?? "");
        AppendBody(hash, request.Body.Span, type);
        return hash.GetHashAndReset();
    }

    /// <summary>
    /// The body as it is. A form in several parts has a boundary that a client makes by chance for each attempt, so
    /// only what is between the boundaries counts.
    /// </summary>
    private static void AppendBody(IncrementalHash hash, ReadOnlySpan<byte> body, MediaTypeHeaderValue? type)
    {
        if (type is { Boundary.Length: > 0 } && type.Type.Equals("multipart", StringComparison.OrdinalIgnoreCase))
        {
            var boundary = Encoding.UTF8.GetBytes($"--{HeaderUtilities.RemoveQuotes(type.Boundary)}");
            for (var at = body.IndexOf(boundary); at >= 0; at = body.IndexOf(boundary))
            {
                Append(hash, body[..at]);
                body = body[(at + boundary.Length)..];
            }
        }
        Append(hash, body);
    }

    private static MediaTypeHeaderValue? ContentTypeOf(IReadOnlyList<KeyValuePair<string, StringValues>> headers)
    {
        foreach (var (name, values) in headers)
        {
            if (name.Equals(HeaderNames.ContentType, StringComparison.OrdinalIgnoreCase))
            {
                return MediaTypeHeaderValue.TryParse(values.ToString(), out var type) ? type : null;
            }
        }
        return null;
    }

    private static void Append(IncrementalHash hash, string text) => Append(hash, Encoding.UTF8.GetBytes(text));

    /// <summary>With its length, so that no two lists of parts have the same bytes.</summary>
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        hash.AppendData(BitConverter.GetBytes(part.Length));
        hash.AppendData(part);
    }
}

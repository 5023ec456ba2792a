using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace QueueAdmission.Deferred;

/// <summary>
/// The key by which a client identifies repetitions of a request. It is the header <c>Idempotency-Key</c> of the
/// expired draft draft-ietf-httpapi-idempotency-key-header-07.
/// </summary>
internal static class IdempotencyKey
{
    /// <summary>The name of the header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>
    /// The minimum length of the key of an anonymous caller. 22 characters of Base64 can hold the 128 bits of a UUID.
    /// </summary>
    /// <remarks>
    /// A key gives access to the job of an earlier request. The key of an authenticated caller only gives access to
    /// that caller's own jobs, so it may be shorter.
    /// </remarks>
    public const int MinAnonymousLength = 22;

    /// <summary>Returns the key of a job. It depends on the caller, the route and the key of the client.</summary>
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

    /// <summary>Returns a hash that distinguishes different requests with the same key.</summary>
    /// <remarks>
    /// The key of the client is part of this hash, and the store contains the key only as a hash. Someone who can read
    /// the store therefore cannot find a short body by trying all possible bodies.
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
    /// Adds the body to the hash. The boundary of a multipart form is left out, because a client generates a new one
    /// for each attempt.
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

    /// <summary>Adds a part and its length, so that different lists of parts never yield the same bytes.</summary>
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        hash.AppendData(BitConverter.GetBytes(part.Length));
        hash.AppendData(part);
    }
}

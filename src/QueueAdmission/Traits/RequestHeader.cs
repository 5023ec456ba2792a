using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Reads a header of a request. Any client may have sent it, so its value is not trusted.</summary>
internal static class RequestHeader
{
    // The characters of a token (RFC 9110, 5.6.2). The name of a header is a token.
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsName(string? name) => !string.IsNullOrEmpty(name) && !name.AsSpan().ContainsAnyExcept(Token);

    /// <summary>
    /// Returns the value of a header. Returns null if the header is missing, is empty, or occurs several times.
    /// </summary>
    /// <remarks>
    /// If a proxy adds its value instead of replacing the value of the client, the header occurs twice, in no defined
    /// order. If one of the two values counted, a client could impersonate another caller.
    /// </remarks>
    public static string? Single(HttpContext context, string name) =>
        context.Request.Headers.TryGetValue(name, out var values)
        && values.Count == 1
        && values[0] is { Length: > 0 } value
            ? value
            : null;
}

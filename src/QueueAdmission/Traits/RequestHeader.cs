using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>One header of a request that may have come from anybody.</summary>
internal static class RequestHeader
{
    // RFC 9110, 5.6.2: a token.
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsName(string? name) => !string.IsNullOrEmpty(name) && !name.AsSpan().ContainsAnyExcept(Token);

    /// <summary>The header's value; null if it is missing, empty, or there several times.</summary>
    /// <remarks>
    /// Of two values one may be the client's and the other a proxy's, and nothing tells which comes first. Taking either would let clients pass for somebody
    /// else behind proxies that add where they should replace.
    /// </remarks>
    public static string? Single(HttpContext context, string name) =>
        context.Request.Headers.TryGetValue(name, out var values) && values.Count == 1 && values[0] is { Length: > 0 } value ? value : null;
}

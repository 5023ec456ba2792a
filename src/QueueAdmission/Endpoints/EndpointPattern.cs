using System.IO.Enumeration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>
/// A pattern for the route pattern or the display name of endpoints. In it, <c>*</c> stands for any characters, and
/// <c>?</c> for one character.
/// </summary>
/// <remarks>
/// The <c>?</c> also matches itself, as in the route pattern <c>/orders/{id?}</c>. A <c>\</c> makes a following
/// <c>*</c> or <c>\</c> literal, but not a <c>?</c>.
/// </remarks>
internal sealed class EndpointPattern
{
    public const string Allowed =
        "a route pattern or a display name of 1 to 256 characters, in which * stands for any characters, ? for one " +
        "character, and \\* for a *; not * or /* alone";

    private const int MaxLength = 256;

    private EndpointPattern(string text) => Text = text;

    public string Text { get; }

    /// <returns>The pattern, or null if the text is not allowed.</returns>
    public static EndpointPattern? TryCreate(string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return null;
        }
        // A pattern that would match every endpoint is an error. An application that wants to exempt all endpoints sets
        // no fallback queue.
        return text != "/" && text.Trim('*', '/').Length == 0 ? null : new EndpointPattern(text);
    }

    public bool Matches(Endpoint endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.RawText: { } route } && IsMatch($"/{route.TrimStart('/')}")
        || endpoint.DisplayName is { } name && IsMatch(name);

    private bool IsMatch(string name) => FileSystemName.MatchesSimpleExpression(Text, name, ignoreCase: true);
}

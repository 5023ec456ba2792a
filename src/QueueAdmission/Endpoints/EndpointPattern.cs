using System.IO.Enumeration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueueAdmission;

/// <summary>
/// A pattern for the route pattern or the display name of endpoints. In it, <c>*</c> stands for any characters.
/// </summary>
internal sealed class EndpointPattern
{
    public const string Allowed =
        "1 to 256 characters of a route pattern or a display name, where * stands for any characters, but not * alone";

    private const int MaxLength = 256;

    private EndpointPattern(string text) => Text = text;

    public string Text { get; }

    /// <returns>Null if the text is not allowed.</returns>
    public static EndpointPattern? TryCreate(string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return null;
        }
        // A pattern that matches every endpoint is an error. To exempt all endpoints, leave out the fallback queue.
        return text != "/" && text.Trim('*', '/').Length == 0 ? null : new EndpointPattern(text);
    }

    public bool Matches(Endpoint endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.RawText: { } route } && IsMatch($"/{route.TrimStart('/')}")
        || endpoint.DisplayName is { } name && IsMatch(name);

    private bool IsMatch(string name) => FileSystemName.MatchesSimpleExpression(Text, name, ignoreCase: true);
}

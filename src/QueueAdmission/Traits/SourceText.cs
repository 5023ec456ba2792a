using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>
/// The text by which configuration names the source of a value in a request. The text is a word such as <c>User</c>, or
/// a kind and a name as in <c>Header:X-Tenant</c>.
/// </summary>
internal static class SourceText
{
    /// <summary>The text that is shown for a source that is a method of the application.</summary>
    public const string InCode = "code";

    /// <summary>The regular expression for a header, for JSON schemas. The name is a token of RFC 9110.</summary>
    public const string HeaderPattern = "Header:[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /// <summary>Splits a text into its kind and its name.</summary>
    /// <returns>
    /// The kind in capital letters, because its case does not matter. The name is null if the text has no colon, and
    /// empty if nothing follows the colon.
    /// </returns>
    public static (string Kind, string? Name) Split(string text)
    {
        var colon = text.IndexOf(':');
        var kind = colon < 0 ? text : text[..colon];
        return (kind.Trim().ToUpperInvariant(), colon < 0 ? null : text[(colon + 1)..].Trim());
    }

    /// <exception cref="ArgumentException">The name is null or not the name of a header.</exception>
    public static string Header(string name) => RequestHeader.IsName(name)
        ? Named(nameof(Header), name)
        : throw new ArgumentException($"'{name}' is not the name of a header.", nameof(name));

    /// <exception cref="ArgumentException">The name is null or blank.</exception>
    public static string Named(
        string kind, string name, [CallerArgumentExpression(nameof(name))] string? parameter = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name, parameter);
        return $"{kind}:{name}";
    }
}

using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>How configuration names a place in a request: a word, or a kind and a name, as in <c>Header:X-Tenant</c>.</summary>
internal static class SourceText
{
    /// <summary>What is shown of a source that only code can say.</summary>
    public const string InCode = "code";

    /// <summary>The kind, in capitals because its case does not matter, and the name, which is empty for a colon with nothing behind it.</summary>
    public static (string Kind, string? Name) Split(string text)
    {
        var colon = text.IndexOf(':');
        var kind = colon < 0 ? text : text[..colon];
        return (kind.Trim().ToUpperInvariant(), colon < 0 ? null : text[(colon + 1)..].Trim());
    }

    /// <exception cref="ArgumentException">The name is null or not that of a header.</exception>
    public static string Header(string name) => RequestHeader.IsName(name)
        ? Named(nameof(Header), name)
        : throw new ArgumentException($"'{name}' is not the name of a header.", nameof(name));

    /// <exception cref="ArgumentException">The name is null or blank.</exception>
    public static string Named(string kind, string name, [CallerArgumentExpression(nameof(name))] string? parameter = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name, parameter);
        return $"{kind}:{name}";
    }
}

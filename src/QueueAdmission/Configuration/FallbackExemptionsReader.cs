using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>Reads the list of endpoints that the fallback queue leaves alone.</summary>
internal static class FallbackExemptionsReader
{
    public const string Key = nameof(QueuedAdmissionOptions.FallbackExemptions);

    /// <returns>What configuration says; null if it says nothing, or takes back all that it said.</returns>
    public static IReadOnlyList<EndpointPattern>? Read(IConfigurationSection section, ICollection<string> errors)
    {
        var entries = section.GetChildren().ToList();
        if (entries.Count == 0 && !string.IsNullOrEmpty(section.Value))
            errors.Add($"{section.Path} is '{section.Value}'; allowed: an array of texts, or null.");
        // A later layer replaces the entries of an earlier one by their position, and takes one back by null or an empty text.
        var patterns = Read(entries.Where(entry => entry.GetChildren().Any() || !string.IsNullOrEmpty(entry.Value)).Select(entry => (entry.Path, entry.Value)), errors);
        return patterns.Count > 0 ? patterns : null;
    }

    public static IReadOnlyList<EndpointPattern> ReadCode(IEnumerable<string> texts, ICollection<string> errors) =>
        Read(texts.Select((text, index) => ($"{Key}[{index}] in code", (string?)text)), errors);

    private static List<EndpointPattern> Read(IEnumerable<(string Path, string? Text)> entries, ICollection<string> errors)
    {
        List<EndpointPattern> patterns = [];
        foreach (var (path, text) in entries)
        {
            if (EndpointPattern.TryCreate(text) is { } pattern)
                patterns.Add(pattern);
            else
                errors.Add($"{path} is {(text is null ? "not a text" : $"'{text}'")}; allowed: {EndpointPattern.Allowed}.");
        }
        return patterns;
    }
}

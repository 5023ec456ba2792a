using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>Reads the list of endpoints that the fallback queue does not take.</summary>
internal static class FallbackExemptionsReader
{
    public const string Key = nameof(QueuedAdmissionOptions.FallbackExemptions);

    /// <returns>
    /// The valid entries in configuration. Null if there are none, for example because a later source removed all of
    /// them.
    /// </returns>
    public static IReadOnlyList<EndpointPattern>? Read(IConfigurationSection section, ICollection<string> errors)
    {
        var entries = section.GetChildren().ToList();
        if (entries.Count == 0 && !string.IsNullOrEmpty(section.Value))
            errors.Add($"{section.Path} is {Show(section.Value)}; allowed: an array of texts, or null.");
        // A later configuration source replaces an entry of an earlier source by its position. It removes an entry with
        // null or an empty text.
        var given = entries.Where(entry => entry.GetChildren().Any() || !string.IsNullOrEmpty(entry.Value));
        var patterns = Read(given.Select(entry => (entry.Path, entry.Value)), errors);
        return patterns.Count > 0 ? patterns : null;
    }

    public static IReadOnlyList<EndpointPattern> ReadCode(IEnumerable<string> texts, ICollection<string> errors) =>
        Read(texts.Select((text, index) => ($"{Key}[{index}] in code", (string?)text)), errors);

    private static List<EndpointPattern> Read(
        IEnumerable<(string Path, string? Text)> entries, ICollection<string> errors)
    {
        List<EndpointPattern> patterns = [];
        foreach (var (path, text) in entries)
        {
            if (EndpointPattern.TryCreate(text) is { } pattern)
                patterns.Add(pattern);
            else
                errors.Add($"{path} is {Show(text)}; allowed: {EndpointPattern.Allowed}.");
        }
        return patterns;
    }

    private static string Show(string? text) => text is null ? "not a text" : $"'{SettingText.Show(text)}'";
}

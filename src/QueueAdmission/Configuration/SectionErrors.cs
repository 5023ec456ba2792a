using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>Collects what is wrong with a section's shape: each message names the path, the value, and what is allowed.</summary>
internal sealed class SectionErrors
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> All => _errors;

    public void Add(string error) => _errors.Add(error);

    public void AddRange(IEnumerable<string> errors) => _errors.AddRange(errors);

    /// <summary>An empty object cannot be told from null: both come as a section without a value and without children.</summary>
    public void ExpectObject(IConfigurationSection section, string allowed)
    {
        // An empty text beside children is no value: WebApplicationFactory hands UseSetting's keys on as a command line that has one for every parent.
        if (section.Value is { } value && (value.Length > 0 || !section.GetChildren().Any()))
            Add($"{section.Path} is '{value}'; allowed: {allowed}.");
    }

    /// <returns>The value, or null if it is missing.</returns>
    public string? ExpectValue(IConfigurationSection section, string allowed)
    {
        if (section.GetChildren().Any())
            Add($"{section.Path} is an object; allowed: {allowed}.");
        else if (string.IsNullOrWhiteSpace(section.Value))
            Add($"{section.Path} is empty; allowed: {allowed}, or no such key.");
        else
            return section.Value;
        return null;
    }

    public void AddUnknownKey(IConfigurationSection section, string? meant, IEnumerable<string> known)
    {
        var value = section.Value is { } text ? $"'{text}'" : section.GetChildren().Any() ? "an object" : "empty";
        Add($"{section.Path} is {value}, but there is no such key;{DidYouMean(meant)} allowed: {string.Join(", ", known)}.");
    }

    public void AddUnknownQueue(string path, string name, IReadOnlyCollection<string> queues) =>
        Add($"{path} is '{name}', but there is no such queue;{DidYouMean(Spelling.Nearest(name, queues))} allowed: {string.Join(", ", queues)}.");

    private static string DidYouMean(string? meant) => meant is null ? "" : $" did you mean {meant}?";
}

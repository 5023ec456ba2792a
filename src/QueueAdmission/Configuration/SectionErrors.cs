using Microsoft.Extensions.Configuration;

namespace QueueAdmission;

/// <summary>
/// Collects errors in a configuration section. Each message contains the path, the value, and the allowed values.
/// </summary>
internal sealed class SectionErrors
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> All => _errors;

    public void Add(string error) => _errors.Add(error);

    public void AddRange(IEnumerable<string> errors) => _errors.AddRange(errors);

    /// <summary>Returns the entries of an object. Adds an error if it is a value or an array instead.</summary>
    /// <param name="section">
    /// The object. A null looks like an empty object: both are a section without a value and without children.
    /// </param>
    /// <param name="allowed">The words for what is allowed here.</param>
    /// <param name="mayBeZero">Whether the object may have an entry with the name 0.</param>
    public IReadOnlyList<IConfigurationSection> ReadObject(
        IConfigurationSection section, string allowed, bool mayBeZero = false)
    {
        var children = section.GetChildren().ToList();
        // An empty text does not count as a value if the section has children. WebApplicationFactory passes the keys of
        // UseSetting as a command line, which has an empty text for every parent.
        if (section.Value is { } value && (value.Length > 0 || children.Count == 0))
            Add($"{section.Path} is '{SettingText.Show(value)}'; allowed: {allowed}.");
        if (!mayBeZero && IsArray(children))
        {
            Add($"{section.Path} is an array; allowed: {allowed}.");
            children.RemoveAll(child => child.Key.All(char.IsAsciiDigit));
        }
        return children;
    }

    /// <summary>Reads the value of a setting.</summary>
    /// <param name="section">The setting.</param>
    /// <param name="allowed">The words for the allowed values.</param>
    /// <param name="value">
    /// The value. Null if the section removes the value of weaker sources, with null or an empty text. The empty text
    /// is for environment variables, which have no null.
    /// </param>
    /// <returns>False if the section has no valid value. An error has been added then.</returns>
    public bool TryReadValue(IConfigurationSection section, string allowed, out string? value)
    {
        value = null;
        var children = section.GetChildren().ToList();
        if (children.Count > 0)
        {
            Add($"{section.Path} is {Describe(children)}; allowed: {allowed}, or null.");
            return false;
        }
        if (string.IsNullOrEmpty(section.Value))
            return true;
        value = SettingText.Trim(section.Value);
        if (value.Length > 0 && !SettingText.HidesCharacters(value))
            return true;
        Add($"{section.Path} is '{SettingText.Show(section.Value)}'; allowed: {allowed}.");
        return false;
    }

    public void AddUnknownKey(IConfigurationSection section, string? meant, IEnumerable<string> known)
    {
        var children = section.GetChildren().ToList();
        var value = section.Value is { } text ? $"'{SettingText.Show(text)}'"
            : children.Count > 0 ? Describe(children)
            : "empty";
        Add(
            $"{section.Path} is {value}, but there is no such key;{DidYouMean(meant)} "
            + $"allowed: {string.Join(", ", known)}.");
    }

    public void AddUnknownQueue(string path, string name, IReadOnlyCollection<string> queues)
    {
        var meant = DidYouMean(Spelling.Nearest(name, queues));
        var known = string.Join(", ", queues);
        Add($"{path} is '{SettingText.Show(name)}', but there is no such queue;{meant} allowed: {known}.");
    }

    private static string Describe(List<IConfigurationSection> children) =>
        IsArray(children) ? "an array" : "an object";

    // Configuration has no arrays. The entries of an array are keys with the names 0, 1 and so on.
    private static bool IsArray(List<IConfigurationSection> children) => children.Exists(child => child.Key == "0");

    private static string DidYouMean(string? meant) => meant is null ? "" : $" did you mean {meant}?";
}

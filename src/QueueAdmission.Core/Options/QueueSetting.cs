namespace QueueAdmission;

/// <summary>One setting of a queue, with its key, allowed values, default and documentation.</summary>
/// <remarks>
/// Validation, configuration, the JSON schema, the dashboard and operator overrides use this definition. To define a
/// custom setting, create a <see cref="QueueSetting{T}"/>.
/// </remarks>
public abstract class QueueSetting
{
    /// <summary>The character that separates the name of an object from a key in it.</summary>
    internal const char KeyDivider = ':';

    private protected QueueSetting(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Split(KeyDivider) is not { Length: 1 or 2 } parts || !parts.All(IsName))
        {
            throw new ArgumentException(
                $"'{key}' is not a key of a setting; allowed: a letter, then letters and digits; "
                + "in an object: Object:Key.",
                nameof(key));
        }
        Key = key;
    }

    /// <summary>
    /// The key in configuration. Comparison ignores case. <c>Object:Key</c> is a key in a nested object of the queue.
    /// </summary>
    public string Key { get; }

    /// <summary>The meaning of the setting, in complete sentences, without the default and the range.</summary>
    public required string Description { get; init; }

    /// <summary>The unit of a number, for example <c>workers</c>. Default null: no unit.</summary>
    public string? Unit { get; init; }

    /// <summary>
    /// The default in words, for settings whose default is derived. Default null: the default value is shown.
    /// </summary>
    public string? DefaultWords { get; init; }

    /// <summary>Whether an operator may temporarily override the setting. Default false.</summary>
    public bool CanBeOverridden { get; init; }

    /// <summary>
    /// Whether the setting has a key in the configuration of a web application. A setting that follows from another
    /// setting has none.
    /// </summary>
    internal bool IsConfigurable { get; init; } = true;

    /// <summary>The format and the range of the values, for example <c>a whole number, 1 to 100,000</c>.</summary>
    internal abstract string Allowed { get; }

    /// <summary>The schema of the values, for JSON schemas and documentation.</summary>
    internal abstract SettingSchema Schema { get; }

    /// <summary>The default, as it is written in configuration, or in words.</summary>
    internal abstract string ShownDefault { get; }

    /// <summary>The value that applies if neither code, configuration nor an operator sets one.</summary>
    internal abstract object? DefaultValue { get; }

    /// <summary>The description, with the default, the range and the unit.</summary>
    internal string Documentation => $"{Description} Default {ShownDefault}{Schema.RangeWords(Unit)}.";

    /// <summary>Whether the default is an allowed value.</summary>
    internal abstract bool IsDefaultAllowed { get; }

    /// <summary>Parses a text. Does not check the range.</summary>
    internal abstract bool TryParse(string text, out object? value);

    /// <summary>Parses a text and sets the value in the options. Does not check the range.</summary>
    internal bool TryRead(string text, JobQueueOptions into)
    {
        if (!TryParse(text, out var value))
            return false;
        Set(into, value);
        return true;
    }

    /// <summary>The format of one entry, if a value is an object with entries. Otherwise null.</summary>
    internal abstract string? AllowedEntry { get; }

    /// <summary>Reads an object with entries.</summary>
    /// <param name="entries">The names and texts of the entries.</param>
    /// <param name="onBadEntry">Called for each entry that is not allowed.</param>
    internal abstract object? ReadMap(
        IEnumerable<KeyValuePair<string, string>> entries, Action<KeyValuePair<string, string>> onBadEntry);

    /// <summary>Returns a hint about a text that could not be parsed, or null.</summary>
    internal abstract string? Hint(string text);

    /// <summary>Returns the value that was set in the options, or the default if none was set.</summary>
    internal abstract object? Get(JobQueueOptions options);

    /// <summary>Sets the value in the options.</summary>
    internal abstract void Set(JobQueueOptions options, object? value);

    /// <summary>Copies the value from one options object to another.</summary>
    internal abstract void Copy(JobQueueOptions from, JobQueueOptions to);

    /// <summary>Returns true if the value is the same in both options objects.</summary>
    internal abstract bool IsSame(JobQueueOptions a, JobQueueOptions b);

    /// <summary>Returns the value in force, as it is written in configuration.</summary>
    internal abstract string Show(JobQueueOptions options);

    /// <summary>
    /// Returns the maximum number of workers that the value allows. Null if the value sets no maximum.
    /// </summary>
    internal abstract int? FindMaxWorkers(JobQueueOptions options);

    /// <summary>Returns the error in the value. Null if the value is allowed.</summary>
    internal abstract SettingError? FindError(JobQueueOptions options);

    private static bool IsName(string part) =>
        part.Length > 0 && char.IsAsciiLetter(part[0]) && part.All(char.IsAsciiLetterOrDigit);
}

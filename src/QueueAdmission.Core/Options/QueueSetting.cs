namespace QueueAdmission;

/// <summary>One setting of a queue: its key, its values, its default and its documentation.</summary>
/// <remarks>
/// Validation, configuration, the JSON schema, the dashboard and overrides read this definition. Use
/// <see cref="QueueSetting{T}"/> to define a setting of your own.
/// </remarks>
public abstract class QueueSetting
{
    /// <summary>The character between the name of an object and a key in it.</summary>
    internal const char KeyDivider = ':';

    private protected QueueSetting(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.Split(KeyDivider) is not { Length: 1 or 2 } parts || !parts.All(IsName))
        {
            throw new ArgumentException(
                $"'{key}' is not a key of a setting; allowed: a letter, then letters and digits; in an object: Object:Key.",
                nameof(key));
        }
        Key = key;
    }

    /// <summary>
    /// The key in configuration, compared without case. <c>Object:Key</c> is a key in an object of the queue.
    /// </summary>
    public string Key { get; }

    /// <summary>What the setting means, in whole sentences, without the default and the range.</summary>
    public required string Description { get; init; }

    /// <summary>The unit of a number, for example <c>workers</c>. Default null: no unit.</summary>
    public string? Unit { get; init; }

    /// <summary>
    /// The default in words, where it is derived from something else. Default null: the default value is shown.
    /// </summary>
    public string? DefaultWords { get; init; }

    /// <summary>Whether an operator may override the setting for a while. Default false.</summary>
    public bool CanBeOverridden { get; init; }

    /// <summary>
    /// Whether the setting has a key in configuration. A setting that follows from another one has none.
    /// </summary>
    internal bool IsConfigurable { get; init; } = true;

    /// <summary>How a value is written, and the range, for example <c>a whole number, 1 to 100,000</c>.</summary>
    internal abstract string Allowed { get; }

    /// <summary>The schema of the values, for JSON schemas and documentation.</summary>
    internal abstract SettingSchema Schema { get; }

    /// <summary>The default, as configuration would write it, or in words.</summary>
    internal abstract string ShownDefault { get; }

    /// <summary>The value that holds where no layer gives the setting.</summary>
    internal abstract object? DefaultValue { get; }

    /// <summary>The description with default, range and unit.</summary>
    internal string Documentation => $"{Description} Default {ShownDefault}{Schema.RangeWords(Unit)}.";

    /// <summary>Whether the default is one of the values.</summary>
    internal abstract bool IsDefaultAllowed { get; }

    /// <summary>Reads a text. It does not check the range.</summary>
    internal abstract bool TryParse(string text, out object? value);

    /// <summary>Reads a text into the options. It does not check the range.</summary>
    internal bool TryRead(string text, JobQueueOptions into)
    {
        if (!TryParse(text, out var value))
            return false;
        Set(into, value);
        return true;
    }

    /// <summary>How one entry is written, where a value is an object with entries; null elsewhere.</summary>
    internal abstract string? AllowedEntry { get; }

    /// <summary>Reads an object with entries.</summary>
    /// <param name="entries">The names and the texts of the entries.</param>
    /// <param name="onBadEntry">Called for each entry that is not allowed.</param>
    internal abstract object? ReadMap(
        IEnumerable<KeyValuePair<string, string>> entries, Action<KeyValuePair<string, string>> onBadEntry);

    /// <summary>More about a text that could not be read, or null.</summary>
    internal abstract string? Hint(string text);

    /// <summary>The value that was set in the options, or the default if none was set.</summary>
    internal abstract object? Get(JobQueueOptions options);

    /// <summary>Sets the value in the options.</summary>
    internal abstract void Set(JobQueueOptions options, object? value);

    /// <summary>Copies the value from one object to another.</summary>
    internal abstract void Copy(JobQueueOptions from, JobQueueOptions to);

    /// <summary>Whether both were given the same value.</summary>
    internal abstract bool IsSame(JobQueueOptions a, JobQueueOptions b);

    /// <summary>The value that holds, as configuration would write it.</summary>
    internal abstract string Show(JobQueueOptions options);

    /// <summary>The bound that the value puts on the workers of the queue; null if it puts none.</summary>
    internal abstract int? FindMaxWorkers(JobQueueOptions options);

    /// <summary>The error in the value.</summary>
    internal abstract SettingError? FindError(JobQueueOptions options);

    private static bool IsName(string part) =>
        part.Length > 0 && char.IsAsciiLetter(part[0]) && part.All(char.IsAsciiLetterOrDigit);
}

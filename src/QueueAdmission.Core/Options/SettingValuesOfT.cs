using System.Diagnostics.CodeAnalysis;

namespace QueueAdmission;

/// <summary>
/// The values that a setting can have, and how they are written in configuration. Use <see cref="SettingValues"/> to
/// create an instance.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class SettingValues<T>
{
    private protected SettingValues()
    {
    }

    /// <summary>The format and the range of the values, for example <c>hh:mm:ss, 00:00:01 to 01:00:00</c>.</summary>
    internal virtual string Allowed => Range;

    /// <summary>The range without the format, for example <c>00:00:01 to 01:00:00</c>.</summary>
    internal abstract string Range { get; }

    /// <summary>The schema of the values, for JSON schemas and documentation.</summary>
    internal abstract SettingSchema Schema { get; }

    /// <summary>Parses a text. Does not check the range.</summary>
    internal abstract bool TryParse(string text, [MaybeNullWhen(false)] out T value);

    /// <summary>Returns a value as it is written in configuration.</summary>
    internal abstract string Show(T value);

    /// <summary>Returns true if a value is within the range.</summary>
    internal abstract bool Contains(T value);

    /// <summary>Returns a hint about a text that could not be parsed, or null.</summary>
    internal virtual string? Hint(string text) => null;

    /// <summary>The format of one entry, if a value is an object with entries. Otherwise null.</summary>
    internal virtual string? AllowedEntry => null;

    /// <summary>Reads an object with entries.</summary>
    /// <param name="entries">The names and texts of the entries.</param>
    /// <param name="onBadEntry">Called for each entry that is not allowed.</param>
    internal virtual T ReadMap(
        IEnumerable<KeyValuePair<string, string>> entries, Action<KeyValuePair<string, string>> onBadEntry) =>
        throw new NotSupportedException("The values have no entries.");

    /// <summary>Returns true if two values count as the same.</summary>
    internal virtual bool AreSame(T a, T b) => EqualityComparer<T>.Default.Equals(a, b);
}

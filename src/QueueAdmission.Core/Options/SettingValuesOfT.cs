using System.Diagnostics.CodeAnalysis;

namespace QueueAdmission;

/// <summary>
/// The values that a setting can have, and how configuration writes them. See <see cref="SettingValues"/>.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class SettingValues<T>
{
    private protected SettingValues()
    {
    }

    /// <summary>How a value is written, and the range, for example <c>hh:mm:ss, 00:00:01 to 01:00:00</c>.</summary>
    internal virtual string Allowed => Range;

    /// <summary>The range alone, for example <c>00:00:01 to 01:00:00</c>.</summary>
    internal abstract string Range { get; }

    /// <summary>The schema of the values, for JSON schemas and documentation.</summary>
    internal abstract SettingSchema Schema { get; }

    /// <summary>Reads a text. It does not check the range.</summary>
    internal abstract bool TryParse(string text, [MaybeNullWhen(false)] out T value);

    /// <summary>The value, as configuration would write it.</summary>
    internal abstract string Show(T value);

    /// <summary>Whether the value is within the range.</summary>
    internal abstract bool Contains(T value);

    /// <summary>More about a text that could not be read, or null.</summary>
    internal virtual string? Hint(string text) => null;

    /// <summary>How one entry is written, where a value is an object with entries; null elsewhere.</summary>
    internal virtual string? AllowedEntry => null;

    /// <summary>Reads an object with entries.</summary>
    /// <param name="entries">The names and the texts of the entries.</param>
    /// <param name="onBadEntry">Called for each entry that is not allowed.</param>
    internal virtual T ReadMap(
        IEnumerable<KeyValuePair<string, string>> entries, Action<KeyValuePair<string, string>> onBadEntry) =>
        throw new NotSupportedException("The values have no entries.");

    /// <summary>Whether two values mean the same.</summary>
    internal virtual bool AreSame(T a, T b) => EqualityComparer<T>.Default.Equals(a, b);
}

namespace QueueAdmission;

/// <summary>The kinds of values that settings have.</summary>
public static class SettingValues
{
    /// <summary>Whole numbers.</summary>
    /// <param name="min">The smallest one.</param>
    /// <param name="max">The largest one.</param>
    /// <returns>The values from <paramref name="min"/> to <paramref name="max"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="max"/> is below <paramref name="min"/>.
    /// </exception>
    public static SettingValues<int> WholeNumber(int min, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        return new WholeNumbers(min, max);
    }

    /// <summary>Parts of a whole, written as decimal numbers such as <c>0.1</c>.</summary>
    /// <param name="min">The smallest one.</param>
    /// <param name="max">The largest one.</param>
    /// <returns>The values from <paramref name="min"/> to <paramref name="max"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="min"/> is not a number, or <paramref name="max"/> is below <paramref name="min"/>.
    /// </exception>
    public static SettingValues<double> Fraction(double min, double max)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(min, double.NaN);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        return new Fractions(min, max);
    }

    /// <summary>Durations, written as <c>hh:mm:ss</c>, optionally with a fraction.</summary>
    /// <param name="min">The shortest one.</param>
    /// <param name="max">The longest one.</param>
    /// <param name="orInfinite">
    /// Whether <see cref="Timeout.InfiniteTimeSpan"/>, written as <c>infinite</c>, is a value.
    /// </param>
    /// <returns>The durations from <paramref name="min"/> to <paramref name="max"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="min"/> is negative, or <paramref name="max"/> is below <paramref name="min"/>.
    /// </exception>
    public static SettingValues<TimeSpan> Duration(TimeSpan min, TimeSpan max, bool orInfinite = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(min, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        return new Durations(min, max, orInfinite);
    }

    /// <summary><c>true</c> and <c>false</c>.</summary>
    /// <returns>Both values.</returns>
    public static SettingValues<bool> Switch() => new Switches();

    /// <summary>The names of an enumeration, read without regard to case.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    /// <returns>Every value that has a name.</returns>
    public static SettingValues<T> Name<T>()
        where T : struct, Enum => new Names<T>();

    /// <summary>Values that are written as a text, such as <c>Header:name</c>.</summary>
    /// <remarks>
    /// The text of a value is what its <see cref="object.ToString"/> returns. Two values mean the same if they are
    /// equal, or if they have the same text and <paramref name="parse"/> accepts it.
    /// </remarks>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="allowed">
    /// What may be written, for messages and documentation, for example <c>None, Header:name</c>.
    /// </param>
    /// <param name="parse">Reads a text without blanks around it; null if that is none of the values.</param>
    /// <param name="pattern">
    /// A regular expression for the texts, without regard to the blanks and the case that <paramref name="parse"/> may
    /// allow in addition. Editors find mistakes by it. Default null: editors accept any text.
    /// </param>
    /// <returns>What <paramref name="parse"/> accepts, and what code makes.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="allowed"/> or <paramref name="parse"/> is null.
    /// </exception>
    public static SettingValues<T> Text<T>(string allowed, Func<string, T?> parse, string? pattern = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(allowed);
        ArgumentNullException.ThrowIfNull(parse);
        return new Texts<T>(allowed, parse, pattern);
    }

    /// <summary>Other values, or none.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="values">The other values.</param>
    /// <returns>Those values and null.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
    public static SettingValues<T?> Optional<T>(SettingValues<T> values)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(values);
        return new OptionalValues<T>(values);
    }
}

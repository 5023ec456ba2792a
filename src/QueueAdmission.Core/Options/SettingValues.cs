namespace QueueAdmission;

/// <summary>
/// Creates descriptions of the values of a setting: the allowed values, and how they are written in configuration.
/// </summary>
public static class SettingValues
{
    /// <summary>Creates a range of whole numbers.</summary>
    /// <param name="min">The smallest value.</param>
    /// <param name="max">The largest value.</param>
    /// <returns>The values from <paramref name="min"/> to <paramref name="max"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="max"/> is below <paramref name="min"/>.
    /// </exception>
    public static SettingValues<int> WholeNumber(int min, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        return new WholeNumbers(min, max);
    }

    /// <summary>Creates a range of fractions, written as decimal numbers such as <c>0.1</c>.</summary>
    /// <param name="min">The smallest value.</param>
    /// <param name="max">The largest value.</param>
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

    /// <summary>
    /// Creates a range of durations, written as <c>hh:mm:ss</c>, optionally with days and with a fraction of a second.
    /// </summary>
    /// <param name="min">The shortest duration.</param>
    /// <param name="max">The longest duration.</param>
    /// <param name="orInfinite">
    /// Whether <see cref="Timeout.InfiniteTimeSpan"/>, written as <c>infinite</c>, is also allowed.
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

    /// <summary>Creates the values <c>true</c> and <c>false</c>.</summary>
    /// <returns>Both values.</returns>
    public static SettingValues<bool> Switch() => new Switches();

    /// <summary>Creates the values of an enumeration, written as their names. Case is ignored.</summary>
    /// <typeparam name="T">The type of the enumeration.</typeparam>
    /// <returns>All values that have a name.</returns>
    public static SettingValues<T> Name<T>()
        where T : struct, Enum => new Names<T>();

    /// <summary>Creates values that are written as a text, such as <c>Header:name</c>.</summary>
    /// <remarks>
    /// The text of a value is the result of its <see cref="object.ToString"/> method. Two values count as the same if
    /// they are equal, or if they have the same text and <paramref name="parse"/> accepts this text.
    /// </remarks>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="allowed">
    /// The allowed texts, for messages and documentation. For example <c>None, Header:name</c>.
    /// </param>
    /// <param name="parse">Parses a trimmed text. Returns null if the text is not a valid value.</param>
    /// <param name="pattern">
    /// A regular expression for the JSON schema, with which editors detect invalid texts. It need not match the
    /// variants in white space and case that <paramref name="parse"/> accepts in addition. Default null: editors accept
    /// any text.
    /// </param>
    /// <returns>The values that <paramref name="parse"/> returns, and any other value that code creates.</returns>
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

    /// <summary>Creates optional values.</summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="values">The values other than null.</param>
    /// <returns>The given values and null.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
    public static SettingValues<T?> Optional<T>(SettingValues<T> values)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(values);
        return new OptionalValues<T>(values);
    }
}

using System.Globalization;

namespace QueueAdmission;

/// <summary>
/// Parses the texts of settings. It is stricter than the parsers of .NET, which read a bare <c>30</c> as a duration of
/// 30 days.
/// </summary>
internal static class SettingParser
{
    private const string Infinite = "infinite";

    private static readonly string[] DurationFormats =
        [@"h\:mm\:ss", @"h\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF"];

    public static bool TryWholeNumber(string text, out int number)
    {
        number = 0;
        // .NET's parser ignores trailing null characters, whatever the style.
        return !text.Contains('\0')
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>
    /// Parses <c>true</c> or <c>false</c>, ignoring case. .NET's parser would also ignore null characters and all kinds
    /// of white space around the text.
    /// </summary>
    public static bool TrySwitch(string text, out bool value)
    {
        value = text.Equals(bool.TrueString, StringComparison.OrdinalIgnoreCase);
        return value || text.Equals(bool.FalseString, StringComparison.OrdinalIgnoreCase);
    }

    public static bool TryDuration(string text, bool orInfinite, out TimeSpan duration)
    {
        if (orInfinite && text.Equals(Infinite, StringComparison.OrdinalIgnoreCase))
        {
            duration = Timeout.InfiniteTimeSpan;
            return true;
        }
        return TimeSpan.TryParseExact(text, DurationFormats, CultureInfo.InvariantCulture, out duration);
    }

    /// <summary>
    /// Parses the name of an enumeration value, ignoring case. Numbers and lists of names are not accepted.
    /// </summary>
    public static bool TryName<T>(string text, out T value)
        where T : struct, Enum
    {
        value = default;
        return Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase)
            && Enum.TryParse(text, ignoreCase: true, out value);
    }

    /// <summary>Returns a hint for a duration that is written as a bare number. Null for any other text.</summary>
    public static string? HintForBareNumber(string text)
    {
        if (!decimal.TryParse(
            text,
            NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var number))
            return null;
        var days = $"A bare number would be {text.Trim()} days";
        return number < (decimal)TimeSpan.FromDays(1).TotalSeconds
            ? $"{days}; for seconds write {Show(TimeSpan.FromTicks((long)(number * TimeSpan.TicksPerSecond)))}."
            : $"{days}.";
    }

    public static string Show(TimeSpan duration) =>
        duration == Timeout.InfiniteTimeSpan ? Infinite : duration.ToString("c", CultureInfo.InvariantCulture);
}

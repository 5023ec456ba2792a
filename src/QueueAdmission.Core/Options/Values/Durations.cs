namespace QueueAdmission;

internal sealed class Durations(TimeSpan min, TimeSpan max, bool orInfinite) : SettingValues<TimeSpan>
{
    internal override string Allowed => $"hh:mm:ss, {Range}";

    internal override string Range => $"{ShowBound(min)} to {ShowBound(max)}{(orInfinite ? ", or infinite" : "")}";

    internal override SettingSchema Schema =>
        new(SettingSchemaType.Duration, Range) { CanBeInfinite = orInfinite };

    internal override bool TryParse(string text, out TimeSpan value) =>
        SettingParser.TryDuration(text, orInfinite, out value);

    internal override string Show(TimeSpan value) => SettingParser.Show(value);

    internal override bool Contains(TimeSpan value) =>
        (orInfinite && value == Timeout.InfiniteTimeSpan) || (value >= min && value <= max);

    internal override string? Hint(string text) => SettingParser.HintForBareNumber(text);

    /// <summary>Returns the text of a bound, without trailing zeros in the fraction of a second.</summary>
    private static string ShowBound(TimeSpan bound)
    {
        var text = SettingParser.Show(bound);
        // A dot also follows the days.
        return bound.Ticks % TimeSpan.TicksPerSecond != 0 ? text.TrimEnd('0') : text;
    }
}

namespace QueueAdmission;

/// <summary>Reads a header that contains the time left for a request.</summary>
/// <remarks>
/// The form is that of gRPC (PROTOCOL-HTTP2.md): up to eight digits and a unit, for example <c>250m</c>. The units are
/// <c>H</c> (hours), <c>M</c> (minutes), <c>S</c> (seconds), <c>m</c> (milliseconds), <c>u</c> (microseconds) and
/// <c>n</c> (nanoseconds). A value without a unit is in milliseconds, as in Envoy's
/// <c>x-envoy-expected-rq-timeout-ms</c>.
/// </remarks>
internal static class TimeoutHeader
{
    private const int MaxDigits = 8;

    // Far above every limit for waiting. The specification allows up to 11,000 years, which in practice means no limit.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <returns>
    /// False if the text has another form, or if the time is zero or longer than a day. The specification does not
    /// allow zero. A time of more than a day counts as no limit.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        var amountText = digits < 0 ? text : text[..digits];
        if (amountText.Length is 0 or > MaxDigits)
        {
            return false;
        }
        var amount = 0L;
        foreach (var digit in amountText)
        {
            amount = (amount * 10) + (digit - '0');
        }
        if (TicksOf(text[amountText.Length..]) is not { } unit || amount == 0)
        {
            return false;
        }
        // Nanoseconds are rounded up to whole ticks, because a time above zero must not become zero.
        timeout = TimeSpan.FromTicks(unit == 0 ? (amount + 99) / 100 : amount * unit);
        return timeout <= Longest;
    }

    /// <summary>
    /// Returns the ticks of a unit, or null for an unknown unit. 0 stands for the nanosecond, which is a hundredth of a
    /// tick.
    /// </summary>
    private static long? TicksOf(ReadOnlySpan<char> unit) => unit switch
    {
        "" or "m" => TimeSpan.TicksPerMillisecond,
        "u" => TimeSpan.TicksPerMicrosecond,
        "n" => 0,
        "S" => TimeSpan.TicksPerSecond,
        "M" => TimeSpan.TicksPerMinute,
        "H" => TimeSpan.TicksPerHour,
        _ => null,
    };
}

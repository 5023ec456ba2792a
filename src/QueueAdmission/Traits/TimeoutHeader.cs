namespace QueueAdmission;

/// <summary>Reads a header that tells how much time its request has left.</summary>
/// <remarks>
/// As gRPC writes it (PROTOCOL-HTTP2.md): up to eight digits and a unit, <c>H</c>, <c>M</c>, <c>S</c>, <c>m</c>, <c>u</c> or <c>n</c>, for example <c>250m</c>. Without
/// a unit they are milliseconds, as in Envoy's <c>x-envoy-expected-rq-timeout-ms</c>.
/// </remarks>
internal static class TimeoutHeader
{
    private const int MostDigits = 8;

    // Far beyond every waiting limit; the specification's own 11,000 years mean that there is none.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <returns>False for everything else, for zero, which the specification does not allow, and for more than a day: such a value is as good as none.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        var amountText = digits < 0 ? text : text[..digits];
        if (amountText.Length is 0 or > MostDigits)
            return false;
        var amount = 0L;
        foreach (var digit in amountText)
            amount = (amount * 10) + (digit - '0');
        if (TicksOf(text[amountText.Length..]) is not { } unit || amount == 0)
            return false;
        // Less than a tick is still more than nothing.
        timeout = TimeSpan.FromTicks(unit == 0 ? (amount + 99) / 100 : amount * unit);
        return timeout <= Longest;
    }

    /// <summary>Ticks of a unit; 0 stands for the hundredth of one.</summary>
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

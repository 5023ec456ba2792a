using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>Computes how long a job waits after a failed attempt.</summary>
internal static class Backoff
{
    /// <summary>
    /// Returns the exponential wait. Its upper half is random, so that jobs that failed together are not retried
    /// together.
    /// </summary>
    /// <param name="attempt">The number of the failed attempt, starting at 1.</param>
    /// <param name="first">The wait after the first attempt.</param>
    /// <param name="max">The longest wait.</param>
    /// <param name="asked">
    /// The wait that the handler requested with <c>Retry-After</c>. Null if it requested none.
    /// </param>
    /// <param name="chance">A random number from 0 (inclusive) to 1 (exclusive).</param>
    public static TimeSpan After(int attempt, TimeSpan first, TimeSpan max, TimeSpan? asked, double chance)
    {
        var whole = Math.Min(first.Ticks * Math.Pow(2, Math.Min(attempt - 1, 60)), max.Ticks);
        var wait = TimeSpan.FromTicks((long)(whole * (0.5 + (0.5 * chance))));
        if (asked is not { } least || least <= wait)
        {
            return wait;
        }
        // Not earlier than requested, unless the maximum is shorter. A random part is added here as well.
        return TimeSpan.FromTicks((long)Math.Min(least.Ticks * (1 + (0.1 * chance)), Math.Max(max.Ticks, 0)));
    }

    /// <summary>Reads the header <c>Retry-After</c> of a response, which is a number of seconds or a date.</summary>
    public static TimeSpan? ReadRetryAfter(IHeaderDictionary headers, DateTimeOffset now)
    {
        var text = headers.RetryAfter.ToString();
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(Math.Min(seconds, 1_000_000_000));
        }
        return DateTimeOffset.TryParseExact(
            text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date - now
            : null;
    }
}

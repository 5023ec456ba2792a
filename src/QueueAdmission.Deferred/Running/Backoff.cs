using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Deferred;

/// <summary>How long a job waits after a failed attempt.</summary>
internal static class Backoff
{
    /// <summary>
    /// The exponential wait, of which the upper half is left to chance, so that jobs that failed together do not come
    /// back together.
    /// </summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="first">The wait after the first attempt.</param>
    /// <param name="max">The longest wait.</param>
    /// <param name="asked">What the handler asked for with <c>Retry-After</c>; null if nothing.</param>
    /// <param name="chance">A number from 0 to below 1.</param>
    public static TimeSpan After(int attempt, TimeSpan first, TimeSpan max, TimeSpan? asked, double chance)
    {
        var whole = Math.Min(first.Ticks * Math.Pow(2, Math.Min(attempt - 1, 60)), max.Ticks);
        var wait = TimeSpan.FromTicks((long)(whole * (0.5 + (0.5 * chance))));
        if (asked is not { } least || least <= wait)
        {
            return wait;
        }
        // Not earlier than asked, and spread as well.
        return TimeSpan.FromTicks((long)Math.Min(least.Ticks * (1 + (0.1 * chance)), Math.Max(max.Ticks, 0)));
    }

    /// <summary>Reads <c>Retry-After</c> of a response: seconds, or a date.</summary>
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

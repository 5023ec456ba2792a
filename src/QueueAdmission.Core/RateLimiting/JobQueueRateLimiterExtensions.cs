using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>Provides a queue as a <see cref="RateLimiter"/>.</summary>
public static class JobQueueRateLimiterExtensions
{
    /// <summary>
    /// Returns a <see cref="RateLimiter"/> that uses this queue, for Polly, HttpClient handlers or
    /// <c>UseRateLimiter</c>. One permit is one worker. A lease of several permits is one job with this
    /// <see cref="JobTraits.Weight"/>.
    /// </summary>
    /// <remarks>
    /// <para>Refused leases have the metadata <see cref="MetadataName.RetryAfter"/> and
    /// <see cref="MetadataName.ReasonPhrase"/> (for example <c>queue_full</c>).</para>
    /// <para>As with <see cref="ConcurrencyLimiter"/>, a call for 0 permits checks whether a worker is free, or waits
    /// until one is free, without taking it. A call for more permits than the maximum <see cref="JobTraits.Weight"/> of
    /// a job throws. Calls are served in the <see cref="JobQueueOptions.Order"/> of the queue. In the statistics, the
    /// available and queued numbers are permits, and cover the whole queue.</para>
    /// <para>When the limiter is disposed, its waiters are refused and further calls throw. The queue and the leases
    /// held are not affected.</para>
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <returns>A new limiter with separate counts of successful and failed leases.</returns>
    public static RateLimiter AsRateLimiter(this JobQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return new JobQueueRateLimiter(queue, queue.Probes, queue.Time);
    }
}

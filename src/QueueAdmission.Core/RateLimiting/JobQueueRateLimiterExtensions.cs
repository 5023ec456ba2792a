using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>Lets a queue serve as a rate limiter.</summary>
public static class JobQueueRateLimiterExtensions
{
    /// <summary>
    /// The same queue as a <see cref="RateLimiter"/>, for Polly, HttpClient handlers or <c>UseRateLimiter</c>. One
    /// permit is one worker. A lease of several permits is a job of that <see cref="JobTraits.Weight"/>.
    /// </summary>
    /// <remarks>
    /// <para>Refused leases carry <see cref="MetadataName.RetryAfter"/> and <see cref="MetadataName.ReasonPhrase"/>
    /// (for example <c>queue_full</c>).</para>
    /// <para>As with <see cref="ConcurrencyLimiter"/>, 0 permits ask whether a worker is free, or wait until one is,
    /// and take none. More permits than the queue has <see cref="JobQueueOptions.Workers"/> throw. The oldest is served
    /// first, or the newest where <see cref="JobQueueOptions.Order"/> says so. What the statistics call available and
    /// queued are permits.</para>
    /// <para>Disposing the limiter ends its own waiters and its leases to come, never the queue.</para>
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <returns>A new limiter on this queue, with statistics of its own.</returns>
    public static RateLimiter AsRateLimiter(this JobQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return new JobQueueRateLimiter(queue, queue.Probes, queue.Time);
    }
}

using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>An endpoint and its queue, as an <see cref="IQueueTakeover"/> sees them.</summary>
public sealed class QueuedEndpoint
{
    private readonly RequestQueue _queue;
    private readonly QueueAssignment _assignment;
    private readonly RejectionHandling _handling;

    internal QueuedEndpoint(RequestQueue queue, QueueAssignment assignment, RejectionHandling handling)
    {
        _queue = queue;
        _assignment = assignment;
        _handling = handling;
    }

    /// <summary>The queue.</summary>
    public JobQueue Queue => _queue.Queue;

    /// <summary>Returns the key, the priority and the weight that a request would have in the queue.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The traits, without a deadline.</returns>
    public JobTraits ReadTraits(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var traits = _queue.Settings.TraitsOf(context, _assignment.Traits, description: null);
        return traits with { Deadline = null };
    }

    /// <summary>
    /// Answers a request like one that the queue rejected: with its <c>Retry-After</c>, hook, writers and
    /// <see cref="IQueueRejectionFeature"/>. The counts of the queue do not change.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="retryAfter">
    /// When the client should try again. Default null: spread between <see cref="JobQueueOptions.MinRetryAfter"/> and
    /// <see cref="JobQueueOptions.MaxRetryAfter"/>.
    /// </param>
    /// <returns>A task that ends when the answer has been written.</returns>
    public Task RejectAsync(HttpContext context, RejectionReason reason, TimeSpan? retryAfter = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        var settings = _queue.Settings.Engine;
        var (min, max) = (ToSeconds(settings.MinRetryAfter), ToSeconds(settings.MaxRetryAfter));
        var seconds = retryAfter is { } given
            ? Math.Clamp(ToSeconds(given), min, Math.Max(min, max))
            : Random.Shared.Next(min, Math.Max(min, max) + 1);
        var rejection = new Rejection(reason, TimeSpan.FromSeconds(seconds));
        return RejectionResponder.RespondAsync(context, _queue, rejection, TimeSpan.Zero, _handling);
    }

    private static int ToSeconds(TimeSpan time) => (int)Math.Min(Math.Ceiling(time.TotalSeconds), int.MaxValue - 1);
}

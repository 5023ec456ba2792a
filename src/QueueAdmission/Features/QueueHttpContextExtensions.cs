using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>What a handler can do with the queue in front of it, and with other queues.</summary>
public static class QueueHttpContextExtensions
{
    /// <summary>Gives the request's worker back before the handler ends, for example when all that is left is to stream a finished answer.</summary>
    /// <remarks>Call it from the handler's own flow. The request goes on as before; the next one in the queue starts at once.</remarks>
    /// <param name="context">The request.</param>
    /// <returns>Whether a worker was given back: false the second time, and for a request that is not queued.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public static bool ReleaseWorker(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        HeldWorker? held;
        // Two branches of one handler may ask at once; only one of them may replace the shared feature.
        lock (context)
        {
            var feature = context.Features.Find<IQueueFeature>();
            held = feature as HeldWorker;
            if (feature is ImmediateAdmission immediate)
            {
                held = new HeldWorker(immediate.Queue, Admission.Immediate(held: null));
                context.Features.Put<IQueueFeature>(held);
            }
        }
        return held is not null && held.Release();
    }

    /// <summary>Enters a queue from within a handler, filter or proxy pipeline: for queues that are known only after the request was read.</summary>
    /// <remarks>
    /// The same workers, lines, limits and counts as for endpoints of that queue. The worker is held until the lease is disposed, besides one that the
    /// endpoint's own queue may have given. When refused, the rejection has been written already, as for an endpoint, unless the response
    /// had started: return without writing anything.
    /// <code>
    /// using var lease = await context.EnterQueueAsync("gpt-large");
    /// if (!lease.IsAdmitted)
    ///     return;
    /// </code>
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="queueName">The queue's name, compared without case.</param>
    /// <param name="priority">How important it is: see <see cref="QueuedAttribute.Priority"/>.</param>
    /// <param name="weight">How many workers it needs: see <see cref="QueuedAttribute.Weight"/>. Where there are fewer, it takes all of them.</param>
    /// <returns>A lease. Look at <see cref="QueueLease.IsAdmitted"/>.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="priority"/> is none, or <paramref name="weight"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">There is no queue of that name.</exception>
    /// <exception cref="OperationCanceledException">The client left while the request waited.</exception>
    public static ValueTask<QueueLease> EnterQueueAsync(this HttpContext context, string queueName, JobPriority priority = JobPriority.Normal, int weight = 1)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(queueName);
        ArgumentOutOfRangeException.ThrowIfLessThan(weight, 1);
        if (priority is < JobPriority.Low or > JobPriority.Critical)
            throw new ArgumentOutOfRangeException(nameof(priority), priority, "Not a priority; allowed: Low, Normal, High, Critical.");
        var registry = JobQueueRegistry.For(context.RequestServices);
        var queue = registry.Find(queueName) ?? throw new InvalidOperationException(
            $"There is no queue '{queueName}'. Queues: {string.Join(", ", registry.Select(known => known.Name))}. Add it to the configuration: {PasteableJson.ForQueue(registry.Section, queueName)}.");
        // RequestAborted is read only where it is needed: its getter allocates.
        return weight == 1 && queue.Queue.TryAdmit()
            ? new ValueTask<QueueLease>(QueueLease.Admitted(queue.Queue))
            : EnterSlowlyAsync(context, queue, priority, weight, registry);
    }

    private static async ValueTask<QueueLease> EnterSlowlyAsync(HttpContext context, AdmissionQueue queue, JobPriority priority, int weight, JobQueueRegistry registry)
    {
        var endpoint = context.GetEndpoint();
        var description = endpoint is null ? null : new JobDescriptions(endpoint).For(context.Request.Method);
        var traits = new EndpointTraits(priority, weight, endpoint is null ? null : registry.Timeouts.Of(endpoint));
        var aborted = context.RequestAborted;
        aborted.ThrowIfCancellationRequested();
        var lease = await queue.Queue.EnterSlowly(queue.Settings.TraitsOf(context, traits, description).Brought, aborted);
        if (lease.Rejection is { } rejection)
            await RejectionWriter.WriteAsync(context, queue, rejection, registry.OnRejected);
        return lease;
    }
}

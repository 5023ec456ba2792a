using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>What a handler can do with the queue in front of it, and with other queues.</summary>
public static class QueueHttpContextExtensions
{
    /// <summary>
    /// Gives the worker of a request back before its handler ends, for example when all that is left is to stream a finished
    /// answer. The request goes on, and the next one in the queue starts at once.
    /// </summary>
    /// <remarks>
    /// It serves the request that the context belongs to at the moment of the call, and may be called from any thread. The
    /// server gives the same <see cref="HttpContext"/> object to the next request. Code that may outlive its request, such as a
    /// callback of <see cref="HttpContext.RequestAborted"/> or a background task, takes
    /// <c>context.Features.Get&lt;IQueueFeature&gt;()</c> while the request runs, and calls
    /// <see cref="IQueueFeature.ReleaseWorker"/> on that.
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <returns>
    /// Whether this call gave a worker back. False if that was done before, for a request that is not queued, and for a context
    /// that belongs to no request any more.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> is null.</exception>
    public static bool ReleaseWorker(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return context.Features.Find<IQueueFeature>() is { } feature && feature.ReleaseWorker();
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>
    /// Enters a queue from within a handler, filter or proxy pipeline, for queues that are known only after the request was read.
    /// </summary>
    /// <remarks>
    /// <para>The same workers, partitions, limits and counts apply as for endpoints of that queue. The worker is held until the
    /// lease is disposed, in addition to one that the endpoint's own queue may have given. When the queue rejects the request,
    /// the rejection has been written already, unless the response had started: return without writing anything.</para>
    /// <para>If the request holds a worker of this queue already, it is admitted at once on that worker, whatever the weight. The
    /// lease then gives nothing back: a request that waited for a second worker could wait for itself until
    /// <see cref="JobQueueOptions.MaxWait"/>.</para>
    /// <para>Let all requests enter several queues in the same order. A request that holds queue A and waits for B, and one that
    /// holds B and waits for A, wait for one another. In the Development environment such orders are logged.</para>
    /// <code>
    /// using var lease = await context.EnterQueueAsync("gpt-large");
    /// if (!lease.IsAdmitted)
    ///     return;
    /// </code>
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="queueName">The queue's name, compared without case.</param>
    /// <param name="priority">How important the request is: see <see cref="QueuedAttribute.Priority"/>.</param>
    /// <param name="weight">
    /// How many workers the request needs: see <see cref="QueuedAttribute.Weight"/>. Where there are fewer, it takes all of them.
    /// </param>
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
        registry.HandlersEnterQueues = true;
        if (EnteredQueues.Contains(context, queue.Queue))
            return new ValueTask<QueueLease>(QueueLease.Shared(queue.Queue));
        registry.EntryOrder?.Record(EnteredQueues.All(context), queue.Queue);
        return EnterAsync(context, queue, priority, weight, registry);
    }

    private static async ValueTask<QueueLease> EnterAsync(HttpContext context, AdmissionQueue queue, JobPriority priority, int weight, JobQueueRegistry registry)
    {
        if (weight == 1 && queue.Queue.TryAdmit())
        {
            var taken = QueueLease.Admitted(queue.Queue);
            EnteredQueues.Add(context, queue.Queue, taken);
            return taken;
        }

        // Read and set before there is a place in line to lose.
        var mark = RequestMark.Of(context);
        var aborted = context.RequestAborted;
        aborted.ThrowIfCancellationRequested();
        var endpoint = context.GetEndpoint();
        var description = endpoint is null ? null : new JobDescriptions(endpoint).For(context.Request.Method);
        var traits = new EndpointTraits(priority, weight, endpoint is null ? null : registry.Timeouts.Of(endpoint));
        var lease = await queue.Queue.EnterSlowly(queue.Settings.TraitsOf(context, traits, description).Brought, aborted);
        if (lease.Rejection is null)
            EnteredQueues.AddAfterWaiting(context, mark, queue.Queue, lease);
        else if (mark.IsOn(context))
            await RejectionWriter.WriteAsync(context, queue, lease.Rejection.Value, registry.OnRejected);
        return lease;
    }
}

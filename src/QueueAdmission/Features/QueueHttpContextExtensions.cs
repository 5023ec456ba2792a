using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Methods with which a handler uses the queue in front of it, and other queues.</summary>
public static class QueueHttpContextExtensions
{
    /// <summary>
    /// Gives the worker of a request back before its handler ends, for example when only a finished answer is left to
    /// stream. The request goes on, and the next request in the queue starts at once.
    /// </summary>
    /// <remarks>
    /// <para>The call concerns the request to which the context belongs at that moment. It may come from any
    /// thread.</para>
    /// <para>The server uses the same <see cref="HttpContext"/> object for the next request. A callback of
    /// <see cref="HttpContext.RequestAborted"/> or a background task may outlive its request. Such code gets
    /// <c>context.Features.Get&lt;IQueueFeature&gt;()</c> while the request runs, and calls
    /// <see cref="IQueueFeature.ReleaseWorker"/> on the feature.</para>
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <returns>
    /// True if this call gave a worker back. False if the worker was given back before, if the request is not queued,
    /// or if the context no longer belongs to a request.
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
    /// Enters a queue from within a handler, filter or proxy pipeline. Use it when the queue is known only after the
    /// request was read.
    /// </summary>
    /// <remarks>
    /// <para>The request counts like a request of an endpoint of that queue: the same workers, partitions and limits
    /// apply. The worker is held until the lease is disposed. It comes in addition to a worker of the endpoint's own
    /// queue.</para>
    /// <para>When the queue rejects the request, the rejection is already written, unless the response had started.
    /// Return without writing anything.</para>
    /// <para>A request that already holds a worker of this queue is admitted at once on that worker, whatever the
    /// weight. The lease then gives nothing back. Otherwise the request could wait for its own worker until
    /// <see cref="JobQueueOptions.MaxWait"/>.</para>
    /// <para>A name that the client chooses, such as a route value, would let the client choose any queue. Look it up
    /// in a list of the application's own, or find the queue with <see cref="JobQueueRegistry.TryGet"/>, which does not
    /// throw, and pass the <see cref="JobQueue"/>.</para>
    /// <para>Let all requests enter several queues in the same order. A request that holds queue A and waits for B, and
    /// one that holds B and waits for A, wait for one another. In the Development environment such orders are
    /// logged.</para>
    /// <code>
    /// using var lease = await context.EnterQueueAsync("gpt-large");
    /// if (!lease.IsAdmitted)
    /// {
    ///     return;
    /// }
    /// </code>
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="queueName">The queue's name, compared without case.</param>
    /// <param name="priority">
    /// The importance of the request: see <see cref="QueuedAttribute.Priority"/>. Default
    /// <see cref="JobPriority.Normal"/>.
    /// </param>
    /// <param name="weight">
    /// How many workers the request needs: see <see cref="QueuedAttribute.Weight"/>. Default 1, at least 1. If the
    /// queue has fewer workers, the request takes all of them.
    /// </param>
    /// <returns>A lease. Its <see cref="QueueLease.IsAdmitted"/> says whether the request got a worker.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="context"/> or <paramref name="queueName"/> is null.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="priority"/> is not defined, or <paramref name="weight"/> is below 1.
    /// </exception>
    /// <exception cref="InvalidOperationException">There is no queue of that name.</exception>
    /// <exception cref="OperationCanceledException">The client left before the request got a worker.</exception>
    public static ValueTask<QueueLease> EnterQueueAsync(
        this HttpContext context, string queueName, JobPriority priority = JobPriority.Normal, int weight = 1)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(queueName);
        ThrowIfOutOfRange(priority, weight);
        var registry = JobQueueRegistry.For(context.RequestServices);
        var queue = registry.Find(queueName) ?? throw new InvalidOperationException(
            $"There is no queue '{queueName}'. Queues: {string.Join(", ", registry.Select(known => known.Name))}. " +
            $"Add it to the configuration: {PasteableJson.ForQueue(registry.Section, queueName)}.");
        return EnterAsync(context, registry, queue, priority, weight);
    }

    /// <summary>
    /// Enters a queue that was found before. Use it with <see cref="JobQueueRegistry.TryGet"/>, where a name may be
    /// unknown.
    /// </summary>
    /// <remarks>
    /// As <see cref="EnterQueueAsync(HttpContext, string, JobPriority, int)"/>.
    /// <code>
    /// if (!queues.TryGet(name, out var queue))
    /// {
    ///     context.Response.StatusCode = 404;
    ///     return;
    /// }
    /// using var lease = await context.EnterQueueAsync(queue);
    /// </code>
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="queue">A queue of the application's <see cref="JobQueueRegistry"/>.</param>
    /// <param name="priority">The importance of the request. Default <see cref="JobPriority.Normal"/>.</param>
    /// <param name="weight">How many workers the request needs. Default 1, at least 1.</param>
    /// <returns>
    /// A lease. If a reload has removed the queue since it was found, the request is rejected with
    /// <see cref="RejectionReason.Draining"/>.
    /// </returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="context"/> or <paramref name="queue"/> is null.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="queue"/> is not a queue of the registry, for example one of <c>AddJobQueue</c>. Such a queue is
    /// entered with <see cref="JobQueue.EnterAsync(CancellationToken)"/>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="priority"/> is not defined, or <paramref name="weight"/> is below 1.
    /// </exception>
    /// <exception cref="OperationCanceledException">The client left before the request got a worker.</exception>
    public static ValueTask<QueueLease> EnterQueueAsync(
        this HttpContext context, JobQueue queue, JobPriority priority = JobPriority.Normal, int weight = 1)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(queue);
        ThrowIfOutOfRange(priority, weight);
        var registry = JobQueueRegistry.For(context.RequestServices);
        var known = registry.FindOwn(queue) ?? throw new ArgumentException(
            $"The queue '{queue.Name}' is not a queue of the JobQueueRegistry of this application.", nameof(queue));
        return EnterAsync(context, registry, known, priority, weight);
    }

    private static void ThrowIfOutOfRange(JobPriority priority, int weight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(weight, 1);
        if (priority is < JobPriority.Low or > JobPriority.Critical)
        {
            throw new ArgumentOutOfRangeException(
                nameof(priority), priority, "Not a priority; allowed: Low, Normal, High, Critical.");
        }
    }

    private static ValueTask<QueueLease> EnterAsync(
        HttpContext context, JobQueueRegistry registry, RequestQueue queue, JobPriority priority, int weight)
    {
        registry.HandlersEnterQueues = true;
        if (EnteredQueues.Contains(context, queue.Queue))
        {
            return new ValueTask<QueueLease>(QueueLease.Shared(queue.Queue));
        }
        registry.EntryOrder?.Record(EnteredQueues.All(context), queue.Queue);
        return EnterAsync(context, queue, priority, weight, registry);
    }

    private static async ValueTask<QueueLease> EnterAsync(
        HttpContext context, RequestQueue queue, JobPriority priority, int weight, JobQueueRegistry registry)
    {
        if (weight == 1 && queue.Queue.TryAdmit())
        {
            var taken = QueueLease.Admitted(queue.Queue);
            EnteredQueues.Add(context, queue.Queue, taken);
            return taken;
        }

        // These steps can throw, so they come before the request has a place in the queue that could be lost.
        var mark = RequestMark.Of(context);
        var aborted = context.RequestAborted;
        aborted.ThrowIfCancellationRequested();
        var endpoint = context.GetEndpoint();
        var description = endpoint is null ? null : new JobDescriptions(endpoint).For(context.Request.Method);
        var traits = new EndpointTraits(priority, weight, endpoint is null ? null : registry.Timeouts.Of(endpoint));
        var state = queue.Settings.TraitsOf(context, traits, description).JobState;
        var waiter = queue.Queue.Arrive(state, mayWait: true, out var admission);
        if (waiter is not null)
        {
            waiter.LeaveOn(aborted);
            admission = await new ValueTask<Admission>(waiter, waiter.Version);
        }
        if (admission.Status == AdmissionStatus.Abandoned)
        {
            throw new OperationCanceledException(aborted);
        }
        var lease = QueueLease.From(queue.Queue.Engine, admission);
        if (admission.IsAdmitted)
        {
            EnteredQueues.AddAfterWaiting(context, mark, queue.Queue, lease);
        }
        else if (mark.IsOn(context))
        {
            var waited = queue.Queue.ToTimeSpan(admission.WaitedTimestampTicks);
            await RejectionResponder.RespondAsync(context, queue, admission.Rejection, waited, registry.Rejections);
        }
        return lease;
    }
}

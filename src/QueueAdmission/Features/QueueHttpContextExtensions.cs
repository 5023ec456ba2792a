using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Methods for handlers that use the queue of their endpoint, or other queues.</summary>
public static class QueueHttpContextExtensions
{
    /// <summary>
    /// Releases the worker of a request before its handler ends, for example when the handler only has to send a
    /// finished answer. The request goes on, and the next request in the queue starts at once.
    /// </summary>
    /// <remarks>
    /// <para>The call concerns the request to which the context belongs at that moment. The method may be called from
    /// any thread.</para>
    /// <para>The server uses the same <see cref="HttpContext"/> object for the next request. A callback of
    /// <see cref="HttpContext.RequestAborted"/> or a background task may outlive its request. Such code should get
    /// <c>context.Features.Get&lt;IQueueFeature&gt;()</c> while the request runs, and call
    /// <see cref="IQueueFeature.ReleaseWorker"/> on the feature.</para>
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <returns>
    /// True if this call released a worker. False if the worker had already been released, if the request is not
    /// queued, or if the context no longer belongs to a request.
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
    /// Enters a queue from a handler, a filter or a proxy pipeline. Use this method if the queue can be determined only
    /// after the request has been read.
    /// </summary>
    /// <remarks>
    /// <para>The request counts like a request of an endpoint with that queue: the same workers, partitions and limits
    /// apply. The request holds the worker until the lease is disposed, in addition to any worker of the queue of its
    /// endpoint.</para>
    /// <para>If the queue rejects the request, the answer has already been written when the method returns, unless the
    /// response had started before. The handler should return without writing anything.</para>
    /// <para>A request that already holds a worker of this queue is admitted at once on that worker, whatever the
    /// weight. Disposing the lease then releases nothing. Without this rule, the request could wait for its own worker
    /// until <see cref="JobQueueOptions.MaxWait"/>.</para>
    /// <para>Do not pass a name that the client chooses, such as a route value: the client could choose any queue. Look
    /// the name up in a list of allowed queues first. If a name may be unknown, find the queue with
    /// <see cref="JobQueueRegistry.TryGet"/>, which does not throw, and pass the <see cref="JobQueue"/>.</para>
    /// <para>If requests enter several queues, let all of them enter the queues in the same order. Otherwise one
    /// request can hold queue A and wait for B, while another request holds B and waits for A. In the Development
    /// environment, such opposite orders are logged.</para>
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
    /// The priority of the request: see <see cref="QueuedAttribute.Priority"/>. Default
    /// <see cref="JobPriority.Normal"/>.
    /// </param>
    /// <param name="weight">
    /// How many workers the request needs, at least 1: see <see cref="QueuedAttribute.Weight"/>. Default 1. If the
    /// queue allows fewer workers for one request, the request needs only these.
    /// </param>
    /// <returns>A lease. <see cref="QueueLease.IsAdmitted"/> shows whether the request got a worker.</returns>
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
    /// Enters a queue that the caller has found before. Use this method with <see cref="JobQueueRegistry.TryGet"/> if a
    /// name may be unknown.
    /// </summary>
    /// <remarks>
    /// For further details, see <see cref="EnterQueueAsync(HttpContext, string, JobPriority, int)"/>.
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
    /// <param name="priority">The priority of the request. Default <see cref="JobPriority.Normal"/>.</param>
    /// <param name="weight">How many workers the request needs, at least 1. Default 1.</param>
    /// <returns>
    /// A lease. If a reload has removed the queue in the meantime, the request is rejected with
    /// <see cref="RejectionReason.Draining"/>.
    /// </returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="context"/> or <paramref name="queue"/> is null.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="queue"/> is not a queue of the registry, for example a queue of <c>AddJobQueue</c>. To enter
    /// such a queue, call <see cref="JobQueue.EnterAsync(CancellationToken)"/>.
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

        // These steps can throw. They run before the request has a place in the queue, which could otherwise be lost.
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

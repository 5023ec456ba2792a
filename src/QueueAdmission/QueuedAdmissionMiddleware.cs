using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Wraps the rest of the pipeline into a job of the endpoint's queue: run it on a free worker, let it wait for one, or refuse it.</summary>
internal sealed class QueuedAdmissionMiddleware
{
    private readonly RequestDelegate _next;
    private readonly JobQueueRegistry _registry;
    private readonly EndpointQueues _endpoints;
    private readonly RoutingCheck _routing;

    public QueuedAdmissionMiddleware(RequestDelegate next, JobQueueRegistry registry, EndpointQueues endpoints, RoutingCheck routing)
    {
        _next = next;
        _registry = registry;
        _endpoints = endpoints;
        _routing = routing;
    }

    public Task Invoke(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
            return _routing.IsOpen ? _routing.WatchAsync(context, _next) : _next(context);
        _routing.Settle();
        if (_endpoints.Find(endpoint) is not { } assignment || !assignment.AppliesTo(context))
            return _next(context);
        if (_registry.HasSeveralEntrances && IsInside(context))
            return _next(context);
        if (assignment.Queue is not { } queue)
            return UnknownQueueAnswer.WriteAsync(context, assignment);

        if (queue.Queue.TryAdmit())
            return RunAsync(context, queue, assignment);
        // An error page is part of the request that failed, which has had its turn.
        if (SecondPass.IsUnderWay(context))
            return _next(context);
        var waiter = queue.Queue.Arrive(default(JobTraits), mayWait: true, out var admission);
        if (waiter is not null)
            return WaitAsync(context, queue, assignment, waiter);
        if (admission is { IsAdmitted: true, Held: { } held })
            return RunAsync(context, new HeldWorker(queue.Queue, TimeSpan.Zero, 0, held), assignment.ReleaseMomentOf(context));
        return admission.IsAdmitted
            ? RunAsync(context, queue, assignment)
            : RejectionWriter.WriteAsync(context, queue, admission.Rejection, _registry.OnRejected);
    }

    /// <summary>Runs the handler on the worker the request has just got. Where the handler ends synchronously, so does this, without a state machine.</summary>
    private Task RunAsync(HttpContext context, AdmissionQueue queue, QueueAssignment assignment)
    {
        var moment = assignment.ReleaseMomentOf(context);
        if (moment != ReleaseMoment.End)
            return RunAsync(context, new HeldWorker(queue.Queue, TimeSpan.Zero, 0), moment);

        var features = context.Features;
        features.Set<IQueueFeature>(queue.Immediate);
        var revision = features.Revision;
        Task handling;
        try
        {
            handling = _next(context);
        }
        catch
        {
            EndOfHandling.ReleaseUnlessDone(context, queue, revision);
            throw;
        }

        if (!handling.IsCompleted)
            return ReleaseAfterHandling.Await(handling, context, queue, revision);
        EndOfHandling.ReleaseUnlessDone(context, queue, revision);
        return handling;
    }

    private async Task RunAsync(HttpContext context, HeldWorker held, ReleaseMoment moment)
    {
        try
        {
            context.Features.Set<IQueueFeature>(held);
            EarlyRelease.Arrange(context, held, moment);
            await _next(context);
        }
        finally
        {
            held.End();
        }
    }

    private async Task WaitAsync(HttpContext context, AdmissionQueue queue, QueueAssignment assignment, Waiter waiter)
    {
        waiter.LeaveOn(context.RequestAborted);
        var admission = await new ValueTask<Admission>(waiter, waiter.Version);
        if (admission.Status == AdmissionStatus.Abandoned)
        {
            AbandonedAnswer.Write(context);
            return;
        }
        if (!admission.IsAdmitted)
        {
            await RejectionWriter.WriteAsync(context, queue, admission.Rejection, _registry.OnRejected);
            return;
        }

        var held = new HeldWorker(queue.Queue, queue.Queue.ToTimeSpan(admission.WaitedTimestampTicks), admission.WaitersAhead, admission.Held);
        await RunAsync(context, held, assignment.ReleaseMomentOf(context));
    }

    /// <summary>Whether this request is in the hands of another <c>UseQueuedAdmission</c> of the same application.</summary>
    private static bool IsInside(HttpContext context) =>
        context.Features.Get<IQueueFeature>() is HeldWorker { HasEnded: false } or ImmediateAdmission;
}

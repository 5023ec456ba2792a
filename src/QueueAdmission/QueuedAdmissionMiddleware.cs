using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>Wraps the rest of the pipeline into a job of the endpoint's queue: run it on a free worker, let it wait for one, or refuse it.</summary>
internal sealed partial class QueuedAdmissionMiddleware
{
    private readonly RequestDelegate _next;
    private readonly JobQueueRegistry _registry;
    private readonly EndpointQueues _endpoints;
    private readonly RoutingCheck _routing;
    private readonly ILogger _logger;

    public QueuedAdmissionMiddleware(RequestDelegate next, JobQueueRegistry registry, EndpointQueues endpoints, RoutingCheck routing, ILogger logger)
    {
        _next = next;
        _registry = registry;
        _endpoints = endpoints;
        _routing = routing;
        _logger = logger;
    }

    public Task Invoke(HttpContext context)
    {
        if (context.Features.Find<IEndpointFeature>()?.Endpoint is not { } endpoint)
            return _next(context);
        if (_routing.IsOpen)
            endpoint = _routing.Pass(context, endpoint);
        if (_endpoints.Find(endpoint) is not { } assignment || !assignment.AppliesTo(context))
            return _next(context);
        if (_registry.HasSeveralEntrances && IsInside(context))
            return _next(context);
        if (assignment.Queue is not { } queue)
            return UnknownQueueAnswer.WriteAsync(context, assignment);

        if (assignment.NeedsOneWorker && queue.Queue.TryAdmit())
            return RunAsync(context, queue, assignment);
        // An error page is part of the request that failed, which has had its turn.
        if (SecondPass.IsUnderWay(context))
            return _next(context);
        var waiter = queue.Queue.Arrive(assignment.BroughtBy(context), mayWait: true, out var admission);
        if (waiter is not null)
            return WaitAsync(context, queue, assignment, waiter);
        if (!admission.IsAdmitted)
            return RejectionWriter.WriteAsync(context, queue, admission.Rejection, _registry.OnRejected);
        if (admission.WouldHaveRejected is { } reason)
            LogWouldHaveRejected(_logger, queue.Name, reason.ToWireName());
        return admission.Held is null
            ? RunAsync(context, queue, assignment)
            : RunAsync(context, queue, assignment, Hold(queue, admission), assignment.ReleaseMomentOf(context));
    }

    /// <summary>Runs the handler on the worker the request has just got. Where the handler ends synchronously, so does this, without a state machine.</summary>
    private Task RunAsync(HttpContext context, AdmissionQueue queue, QueueAssignment assignment)
    {
        var moment = assignment.ReleaseMomentOf(context);
        if (moment != ReleaseMoment.End || queue.RunningJobs.AreWatched || queue.Queue.MeasuresLatency)
            return RunAsync(context, queue, assignment, Hold(queue, Admission.Immediate(held: null)), moment);
        if (queue.Queue.MeasuresJobs)
            return MeasuredHandling.RunAsync(context, queue, _next);

        var features = context.Features;
        features.Put<IQueueFeature>(queue.Immediate);
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

    private async Task RunAsync(HttpContext context, AdmissionQueue queue, QueueAssignment assignment, HeldWorker held, ReleaseMoment moment)
    {
        using var recorded = queue.RunningJobs.AreWatched ? queue.RunningJobs.Add(assignment.Describe(context), held) : null;
        try
        {
            context.Features.Put<IQueueFeature>(held);
            EarlyRelease.Arrange(context, held, moment);
            await _next(context);
            if (queue.Queue.MeasuresLatency && ComparableAnswer.Is(context.Response))
                held.ReportLatency();
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
            RequestLog.Abandoned(queue.Logger, queue.Name, queue.Queue.ToTimeSpan(admission.WaitedTimestampTicks));
            AbandonedAnswer.Write(context);
            return;
        }
        if (!admission.IsAdmitted)
        {
            await RejectionWriter.WriteAsync(context, queue, admission.Rejection, _registry.OnRejected);
            return;
        }

        await RunAsync(context, queue, assignment, Hold(queue, admission), assignment.ReleaseMomentOf(context));
    }

    private static HeldWorker Hold(AdmissionQueue queue, in Admission admission) => new(queue.Queue, admission, queue.Queue.ReadJobClock());

    /// <summary>Whether this request is in the hands of another <c>UseQueuedAdmission</c> of the same application.</summary>
    private static bool IsInside(HttpContext context) =>
        context.Features.Find<IQueueFeature>() is HeldWorker { HasEnded: false } or ImmediateAdmission;

    [LoggerMessage(EventId = 20, EventName = "WouldHaveRejected", Level = LogLevel.Debug,
        Message = "Queue {Queue} is in dry run and let a request through that it would have rejected: {Reason}.")]
    private static partial void LogWouldHaveRejected(ILogger logger, string queue, string reason);
}

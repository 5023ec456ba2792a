using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// Runs the rest of the pipeline as a job of the endpoint's queue. The job runs on a free worker, waits for one, or is
/// rejected.
/// </summary>
/// <remarks>
/// Once a worker has been taken, all code outside the engine runs inside a <c>try</c> that releases the worker. Such
/// code includes the getters of features, loggers and the handler. The admission is kept in a local variable and never
/// looked up again.
/// </remarks>
internal sealed partial class QueuedAdmissionMiddleware
{
    private readonly RequestDelegate _next;
    private readonly JobQueueRegistry _registry;
    private readonly EndpointQueues _endpoints;
    private readonly LivingPipelines _pipelines;
    private readonly bool _isInBranch;
    private readonly ILogger _logger;

    // Set to null by the first request that finds the watch settled.
    private PassageWatch? _watch;

    /// <param name="next">The rest of the pipeline.</param>
    /// <param name="registry">The queues.</param>
    /// <param name="endpoints">The queue of each endpoint.</param>
    /// <param name="watch">The watch for requests that pass no entrance.</param>
    /// <param name="isInBranch">Whether only some requests reach this middleware.</param>
    /// <param name="logger">The log.</param>
    public QueuedAdmissionMiddleware(
        RequestDelegate next,
        JobQueueRegistry registry,
        EndpointQueues endpoints,
        PassageWatch watch,
        bool isInBranch,
        ILogger logger)
    {
        _next = next;
        _registry = registry;
        _endpoints = endpoints;
        _pipelines = registry.Pipelines;
        _watch = watch;
        _isInBranch = isInBranch;
        _logger = logger;
    }

    public Task Invoke(HttpContext context)
    {
        if (context.Features.Find<IEndpointFeature>()?.Endpoint is not { } endpoint)
            return _next(context);
        if (_watch is { } watch)
            endpoint = PassWatch(context, endpoint, watch);
        var assignment = _endpoints.Find(endpoint);
        if (!assignment.AppliesTo(context))
            return _next(context);
        if (assignment.Queue is not { } queue)
            return UnknownQueueAnswer.WriteAsync(context, assignment);
        // With several entrances, the request may already hold a worker. The slow path looks that up first.
        return !_pipelines.AreSeveral && assignment.NeedsOneWorker && queue.Engine.TryAdmit()
            ? RunAsync(context, queue, assignment, RequestAdmission.OfFreeWorker(queue.Engine, outer: null))
            : EnterAsync(context, queue, assignment);
    }

    /// <summary>
    /// Tells the watch that a request has reached this entrance, if the watch is on. Returns the endpoint to use.
    /// </summary>
    private Endpoint PassWatch(HttpContext context, Endpoint endpoint, PassageWatch watch)
    {
        var passed = watch.IsOn ? watch.Pass(context, endpoint, _isInBranch) : endpoint;
        if (watch.IsSettled)
        {
            _watch = null;
        }
        return passed;
    }

    /// <summary>
    /// The slow path. The request already holds a worker, takes a free one, waits for one, or is rejected.
    /// </summary>
    private Task EnterAsync(HttpContext context, RequestQueue queue, QueueAssignment assignment)
    {
        // A second pass through the middleware needs no further worker while the request still holds one of this queue.
        // An error page that is shown after the first pass has ended is queued like any request.
        var outer = RequestAdmission.FindHolding(context);
        if (outer?.FindToJoin(queue.Queue) is { } joined)
            return RunJoinedAsync(context, joined);
        if (_registry.HandlersEnterQueues && EnteredQueues.Contains(context, queue.Queue))
            return _next(context);
        if (outer is not null)
            _registry.EntryOrder?.Record(EnteredQueues.All(context), queue.Queue);
        if (assignment.Takeover?.TakeBeforeQueue(context, assignment.Endpoint!, _next) is { } taken)
            return taken;
        if (assignment.NeedsOneWorker && queue.Engine.TryAdmit())
            return RunAsync(context, queue, assignment, RequestAdmission.OfFreeWorker(queue.Engine, outer));

        // These getters can throw. They are therefore called before the request has a place or a worker that could be
        // lost.
        var aborted = context.FindRequestAborted();
        var waiter = queue.Queue.Arrive(
            assignment.JobStateOf(context),
            mayWait: true,
            out var admission,
            hasLeft: aborted.IsCancellationRequested,
            JobSource.Request);
        if (waiter is not null)
            return WaitAsync(context, queue, assignment, outer, waiter, aborted);
        return admission.IsAdmitted
            ? RunAsync(context, queue, assignment, RequestAdmission.Of(queue.Engine, admission, outer))
            : AnswerAsync(context, queue, assignment, admission);
    }

    private async Task WaitAsync(
        HttpContext context,
        RequestQueue queue,
        QueueAssignment assignment,
        RequestAdmission? outer,
        Waiter waiter,
        CancellationToken aborted)
    {
        waiter.LeaveOn(aborted);
        var mark = await MarkAsync(context, queue.Queue, waiter);
        var admission = await new ValueTask<Admission>(waiter, waiter.Version);
        var granted = admission.IsAdmitted ? RequestAdmission.Of(queue.Engine, admission, outer) : null;
        ThrowIfOver(context, mark, granted, aborted);
        await (granted is not null
            ? RunAsync(context, queue, assignment, granted)
            : AnswerAsync(context, queue, assignment, admission));
    }

    /// <summary>Answers a request that got no worker.</summary>
    private Task AnswerAsync(
        HttpContext context, RequestQueue queue, QueueAssignment assignment, in Admission admission)
    {
        var waited = queue.Queue.ToTimeSpan(admission.WaitedTimestampTicks);
        if (admission.Status != AdmissionStatus.Abandoned)
        {
            if (assignment.Takeover is { } takeover)
            {
                var rejection = RejectionResponder.FeatureOf(queue, admission.Rejection, waited);
                if (takeover.TakeRefusal(context, assignment.Endpoint!, rejection, _next) is { } taken)
                    return taken;
            }
            return RejectionResponder.RespondAsync(context, queue, admission.Rejection, waited, _registry.Rejections);
        }
        RequestLog.Abandoned(queue.Logger, queue.Name, waited);
        AbandonedAnswer.Write(context);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Marks the request. If reading its features throws, the request gives up its place in the queue, or releases the
    /// worker that it got in the meantime.
    /// </summary>
    private static ValueTask<RequestMark> MarkAsync(HttpContext context, JobQueue queue, Waiter waiter)
    {
        try
        {
            return new ValueTask<RequestMark>(RequestMark.Of(context));
        }
        catch (Exception exception)
        {
            return GiveUpAsync(queue, waiter, ExceptionDispatchInfo.Capture(exception));
        }
    }

    private static async ValueTask<RequestMark> GiveUpAsync(
        JobQueue queue, Waiter waiter, ExceptionDispatchInfo exception)
    {
        queue.Abandon(waiter);
        var admission = await new ValueTask<Admission>(waiter, waiter.Version);
        if (admission.IsAdmitted)
        {
            queue.Release(admission.Held);
        }
        exception.Throw();
        throw new UnreachableException();
    }

    /// <summary>Throws if the request ended while it waited.</summary>
    /// <exception cref="OperationCanceledException">
    /// The request has ended. Its worker, if it got one, has been released.
    /// </exception>
    private static void ThrowIfOver(
        HttpContext context, RequestMark mark, RequestAdmission? granted, CancellationToken aborted)
    {
        try
        {
            if (!mark.IsOn(context))
            {
                throw new OperationCanceledException(aborted);
            }
        }
        catch
        {
            granted?.Leave();
            throw;
        }
    }

    /// <summary>
    /// Runs the rest of the pipeline on a worker, and releases the worker in every case. If the handler ends
    /// synchronously, no state machine is needed.
    /// </summary>
    private Task RunAsync(
        HttpContext context, RequestQueue queue, QueueAssignment assignment, RequestAdmission admission)
    {
        Task handling;
        try
        {
            context.Features.Put<IQueueFeature>(admission);
            var moment = assignment.ReleaseMomentOf(context);
            if (moment != ReleaseMoment.End || queue.ListsRunning || admission is DetailedAdmission)
                return RunObservedAsync(context, queue, assignment, admission, moment);
            handling = _next(context);
            if (!handling.IsCompleted)
                return LeaveAfterHandling.Await(handling, admission);
        }
        catch
        {
            admission.Leave();
            throw;
        }
        admission.Leave();
        return handling;
    }

    /// <summary>Runs the rest of the pipeline on a worker that the request already holds.</summary>
    private async Task RunJoinedAsync(HttpContext context, RequestAdmission joined)
    {
        try
        {
            await _next(context);
        }
        finally
        {
            joined.Leave();
        }
    }

    private async Task RunObservedAsync(
        HttpContext context,
        RequestQueue queue,
        QueueAssignment assignment,
        RequestAdmission admission,
        ReleaseMoment moment)
    {
        RunningJob? listed = null;
        try
        {
            var detailed = admission as DetailedAdmission;
            if (detailed?.WouldHaveRejected is { } reason)
                LogWouldHaveRejected(_logger, queue.Name, reason.ToWireName());
            if (queue.ListsRunning)
                listed = queue.RunningJobs.Add(assignment.Describe(context), admission);
            detailed?.WatchClient(context);
            EarlyRelease.Arrange(context, admission, moment);
            await _next(context);
            if (queue.Engine.MeasuresLatency)
                detailed?.ReportLatency(context);
        }
        finally
        {
            listed?.Dispose();
            admission.Leave();
        }
    }

    [LoggerMessage(EventId = 20, EventName = "WouldHaveRejected", Level = LogLevel.Debug,
        Message = "Queue {Queue} is in dry run and let a request through that it would have rejected: {Reason}.")]
    private static partial void LogWouldHaveRejected(ILogger logger, string queue, string reason);
}

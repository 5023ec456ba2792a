using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission;

/// <summary>Runs the handler of a request that got a worker at once, while somebody listens to how long jobs take.</summary>
/// <remarks>The same as without a listener, and the start of the job besides: 8 bytes for a handler that ends later, none for one that ends synchronously. See <see cref="ReleaseAfterHandling"/>.</remarks>
internal struct MeasuredHandling : IAsyncStateMachine
{
    private AsyncTaskMethodBuilder _builder;
    private TaskAwaiter _handling;
    private HttpContext _context;
    private AdmissionQueue _queue;
    private int _revision;
    private long _started;

    public static Task RunAsync(HttpContext context, AdmissionQueue queue, RequestDelegate next)
    {
        var started = queue.Queue.ReadJobClock();
        var features = context.Features;
        features.Put<IQueueFeature>(queue.Immediate);
        var revision = features.Revision;
        Task handling;
        try
        {
            handling = next(context);
        }
        catch
        {
            End(context, queue, revision, started);
            throw;
        }

        if (!handling.IsCompleted)
            return Await(handling, context, queue, revision, started);
        End(context, queue, revision, started);
        return handling;
    }

    private static Task Await(Task handling, HttpContext context, AdmissionQueue queue, int revision, long started)
    {
        var measured = new MeasuredHandling
        {
            _builder = AsyncTaskMethodBuilder.Create(),
            _handling = handling.GetAwaiter(),
            _context = context,
            _queue = queue,
            _revision = revision,
            _started = started,
        };
        measured._builder.AwaitUnsafeOnCompleted(ref measured._handling, ref measured);
        return measured._builder.Task;
    }

    private static void End(HttpContext context, AdmissionQueue queue, int revision, long started)
    {
        EndOfHandling.ReleaseUnlessDone(context, queue, revision);
        // The listener may have left meanwhile.
        if (started == 0 || !queue.Queue.MeasuresJobs)
            return;
        var ended = context.Features.Find<IQueueFeature>() is HeldWorker { ReleasedAt: not 0 } held ? held.ReleasedAt : queue.Queue.Time.GetTimestamp();
        queue.Queue.RecordJob(queue.Queue.ToTimeSpan(ended - started));
    }

    void IAsyncStateMachine.MoveNext()
    {
        try
        {
            End(_context, _queue, _revision, _started);
            _handling.GetResult();
        }
#pragma warning disable CA1031 // As in every async method, what the handler throws goes into the task, unchanged.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _builder.SetException(exception);
            return;
        }
        _builder.SetResult();
    }

    readonly void IAsyncStateMachine.SetStateMachine(IAsyncStateMachine stateMachine)
    {
        // Only called for state machines that were boxed by earlier frameworks.
    }
}

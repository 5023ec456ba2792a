using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>Lets claimed jobs enter their queues and run, and collects their ends. Thread-safe.</summary>
/// <param name="attempts">Runs the handlers.</param>
/// <param name="queues">The queues.</param>
/// <param name="logger">The log.</param>
/// <param name="onEnded">Called after an attempt has ended, on any thread.</param>
internal sealed class JobStarts(AttemptRunner attempts, DeferredQueues queues, ILogger logger, Action onEnded)
    : IDisposable
{
    private readonly ConcurrentQueue<JobEnd> _ended = new();
    private readonly ConcurrentQueue<string> _refused = new();
    private readonly CancellationTokenSource _noStarts = new();
    private readonly CancellationTokenSource _abortRuns = new();

    /// <summary>Whether starting jobs has been stopped.</summary>
    public bool IsStopped => _noStarts.IsCancellationRequested;

    /// <summary>Whether there are ends that have not been taken yet.</summary>
    public bool HasEnds => !_ended.IsEmpty;

    public bool TryTakeEnd([NotNullWhen(true)] out JobEnd? end) => _ended.TryDequeue(out end);

    /// <summary>
    /// Takes the name of a queue that did not admit a job, for example because the queue is draining.
    /// </summary>
    public bool TryTakeRefusal([NotNullWhen(true)] out string? queue) => _refused.TryDequeue(out queue);

    /// <summary>Stops starting jobs.</summary>
    public void Stop() => Cancel(_noStarts);

    /// <summary>Aborts the running handlers through <c>RequestAborted</c>.</summary>
    public void Abort() => Cancel(_abortRuns);

    public void Dispose()
    {
        Stop();
        Abort();
    }

    /// <summary>Queues a job, which runs as soon as its queue has a worker for it.</summary>
    public void Start(ClaimedJob job)
    {
        if (attempts.Read(job, out var unreadable) is not var (request, endpoint))
        {
            _ended.Enqueue(unreadable!);
            return;
        }
        if (queues.QueueFor(job.Queue, endpoint) is not { } queue)
        {
            _ended.Enqueue(attempts.GiveBack(job));
            _refused.Enqueue(job.Queue);
            return;
        }
        if (attempts.EndIfExhausted(job, queue) is { } exhausted)
        {
            _ended.Enqueue(exhausted);
            return;
        }
        ValueTask<QueueLease> entering;
        try
        {
            // Called on this thread, so that jobs enter the queue in the order of the store.
            var traits = new JobTraits
            {
                Key = request.Key,
                KeyShare = request.KeyShare,
                Priority = job.Priority,
                Weight = job.Weight,
            };
            entering = queue.EnterBackgroundAsync(traits, queue.GetSetting(DeferredSettings.MinShare), _noStarts.Token);
        }
#pragma warning disable CA1031 // For example, the queue was disposed.
        catch (Exception)
#pragma warning restore CA1031
        {
            entering = default;
        }
        _ = RunAsync(job, request, endpoint, queue, entering);
    }

    private async Task RunAsync(
        ClaimedJob job, StoredRequest request, Endpoint endpoint, JobQueue queue, ValueTask<QueueLease> entering)
    {
        // The thread that serves all jobs must not run any code of a handler.
        await Task.Yield();
        JobEnd end;
        try
        {
            end = await EnterAndRunAsync(job, request, endpoint, queue, entering);
        }
#pragma warning disable CA1031 // Without an end, the job would be blocked until the process ends.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            DeferredLog.DriverFailed(logger, exception);
            end = attempts.Fail(job, queue, exception);
        }
        _ended.Enqueue(end);
        onEnded();
    }

    private async Task<JobEnd> EnterAndRunAsync(
        ClaimedJob job, StoredRequest request, Endpoint endpoint, JobQueue queue, ValueTask<QueueLease> entering)
    {
        QueueLease lease;
        try
        {
            lease = await entering;
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            lease = default;
        }
        if (!lease.IsAdmitted)
        {
            _refused.Enqueue(job.Queue);
            return attempts.GiveBack(job);
        }
        var worker = lease.ToFeature(queue);
        try
        {
            return _noStarts.IsCancellationRequested
                ? attempts.GiveBack(job)
                : await attempts.RunAsync(job, request, endpoint, queue, worker, _abortRuns.Token);
        }
        finally
        {
            worker.ReleaseWorker();
        }
    }

    private static void Cancel(CancellationTokenSource source)
    {
        if (!source.IsCancellationRequested)
        {
            source.Cancel();
        }
    }
}

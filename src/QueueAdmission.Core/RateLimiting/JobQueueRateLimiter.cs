using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// Adapts a queue to <see cref="RateLimiter"/>. One permit is one worker, and a lease of several permits is one job.
/// </summary>
/// <remarks>
/// The framework disposes limiters that have been idle for a while, but other code may use the same queue. The limiter
/// therefore considers only the calls made through it: its leases and waiters for <see cref="IdleDuration"/>, its
/// waiters for <see cref="Dispose"/>, and its counts of leases for the statistics.
/// </remarks>
internal sealed class JobQueueRateLimiter(JobQueue queue, FreeWorkerProbes probes, TimeProvider time)
    : RateLimiter
{
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _lock = new();
    private long _successful;
    private long _failed;
    private int _inUse;
    private long _idleSince = time.GetTimestamp();

    /// <inheritdoc />
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (_lock)
                return _inUse > 0 ? null : time.GetElapsedTime(_idleSince);
        }
    }

    /// <inheritdoc />
    public override RateLimiterStatistics? GetStatistics()
    {
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        var (free, _, wanted) = queue.Look();
        return new RateLimiterStatistics
        {
            CurrentAvailablePermits = Math.Max(0, free),
            CurrentQueuedCount = wanted,
            TotalSuccessfulLeases = Interlocked.Read(ref _successful),
            TotalFailedLeases = Interlocked.Read(ref _failed),
        };
    }

    /// <summary>Counts a lease or a waiter as ended. Without leases and waiters, the limiter is idle.</summary>
    internal void EndUse()
    {
        lock (_lock)
        {
            if (--_inUse == 0)
                _idleSince = time.GetTimestamp();
        }
    }

    /// <inheritdoc />
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        ThrowIfTooMany(permitCount);
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        if (permitCount == 0)
            return Probe();
        var lease = queue.TryEnter(new JobTraits { Weight = permitCount });
        BeginUse();
        return ToLease(lease);
    }

    /// <inheritdoc />
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        ThrowIfTooMany(permitCount);
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        if (permitCount == 0)
        {
            return queue.Look() is { Free: > 0, Waiting: 0 }
                ? new ValueTask<RateLimitLease>(Probe())
                : AwaitFreeWorkerAsync(cancellationToken);
        }
        BeginUse();
        if (permitCount == 1 && queue.TryAdmit())
            return new ValueTask<RateLimitLease>(ToLease(QueueLease.Admitted(queue)));
        return EnterAsync(permitCount, cancellationToken);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        // The source is not disposed: waiters still hold registrations, and it has no timer or handle to release.
        if (disposing)
            _disposing.Cancel();
    }

    /// <inheritdoc />
    protected override ValueTask DisposeAsyncCore()
    {
        // The base class then calls only Dispose(false), which would not end the waiters.
        Dispose(disposing: true);
        return ValueTask.CompletedTask;
    }

    private async ValueTask<RateLimitLease> EnterAsync(int permitCount, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            return ToLease(
                await queue.EnterAsync(new JobTraits { Weight = permitCount }, either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            EndUse();
            throw Cancelled(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return Refused(new Rejection(RejectionReason.Draining, queue.Settings.MinRetryAfter));
        }
        catch
        {
            // For example, the number of permits exceeds MaxWorkersPerKey.
            EndUse();
            throw;
        }
    }

    private async ValueTask<RateLimitLease> AwaitFreeWorkerAsync(CancellationToken cancellationToken)
    {
        BeginUse();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        bool isFree;
        try
        {
            isFree = await probes.AwaitFreeWorkerAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            EndUse();
            throw Cancelled(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            isFree = false;
        }
        if (!isFree)
            return Refused(new Rejection(RejectionReason.Draining, queue.Settings.MinRetryAfter));
        EndUse();
        Interlocked.Increment(ref _successful);
        return ProbeLease.Free;
    }

    /// <summary>
    /// Creates the exception type that the framework's limiters throw on cancellation. The framework's tests for
    /// limiters expect this type.
    /// </summary>
    private static TaskCanceledException Cancelled(CancellationToken cancellationToken) =>
        new(message: null, innerException: null, cancellationToken);

    private void ThrowIfTooMany(int permitCount)
    {
        var workers = queue.Engine.MaxWeight;
        if (permitCount > workers)
        {
            throw new ArgumentOutOfRangeException(
                nameof(permitCount),
                permitCount,
                $"Queue '{queue.Name}' has {workers} workers, and a permit is a worker; "
                + $"allowed: 0 (to check for a free worker) to {workers}.");
        }
    }

    private RateLimitLease Probe()
    {
        if (queue.Look() is { Free: > 0, Waiting: 0 })
        {
            Interlocked.Increment(ref _successful);
            return ProbeLease.Free;
        }
        Interlocked.Increment(ref _failed);
        var snapshot = queue.GetSnapshot();
        var reason = snapshot.State is JobQueueState.Draining or JobQueueState.Disposed
            ? RejectionReason.Draining
            : RejectionReason.QueueFull;
        return new RefusedLease(new Rejection(reason, snapshot.Settings.MinRetryAfter));
    }

    private RateLimitLease ToLease(QueueLease lease)
    {
        if (!lease.IsAdmitted)
            return Refused(lease.Rejection!.Value);
        Interlocked.Increment(ref _successful);
        return new WorkerLease(this, lease);
    }

    private RefusedLease Refused(Rejection rejection)
    {
        EndUse();
        Interlocked.Increment(ref _failed);
        return new RefusedLease(rejection);
    }

    private void BeginUse()
    {
        lock (_lock)
            _inUse++;
    }
}

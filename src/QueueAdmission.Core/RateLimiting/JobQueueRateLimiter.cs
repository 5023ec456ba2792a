using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>A queue behind the interface of <see cref="RateLimiter"/>: one permit is one worker.</summary>
/// <remarks>
/// The framework disposes limiters that were idle for a while, and the queue belongs to others as well. So this object owns only what came
/// in through it: its leases for <see cref="IdleDuration"/>, its waiters for <see cref="Dispose"/>, its counts for the statistics.
/// </remarks>
internal sealed class JobQueueRateLimiter(JobQueue queue, TimeProvider time) : RateLimiter
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
        var (free, waiting) = queue.Look();
        return new RateLimiterStatistics
        {
            CurrentAvailablePermits = Math.Max(0, free),
            CurrentQueuedCount = waiting,
            TotalSuccessfulLeases = Interlocked.Read(ref _successful),
            TotalFailedLeases = Interlocked.Read(ref _failed),
        };
    }

    /// <inheritdoc />
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        ThrowIfTooMany(permitCount);
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        if (permitCount == 0)
            return Probe();
        BeginUse();
        return ToLease(queue.TryEnter());
    }

    /// <inheritdoc />
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        ThrowIfTooMany(permitCount);
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        if (permitCount == 0)
            return new ValueTask<RateLimitLease>(Probe());
        BeginUse();
        if (queue.TryAdmit())
            return new ValueTask<RateLimitLease>(ToLease(QueueLease.Admitted(queue)));
        return EnterAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        // Not disposed itself: whoever is waiting still holds a registration, and there is no timer or handle in it to free.
        if (disposing)
            _disposing.Cancel();
    }

    private async ValueTask<RateLimitLease> EnterAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            return ToLease(await queue.EnterAsync(either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            EndUse();
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return Refused(new Rejection(RejectionReason.Draining, queue.GetSnapshot().Settings.MinRetryAfter));
        }
    }

    private static void ThrowIfTooMany(int permitCount)
    {
        if (permitCount > 1)
            throw new ArgumentOutOfRangeException(nameof(permitCount), permitCount, "A job takes one worker; allowed: 0 (is a worker free?) or 1.");
    }

    private RateLimitLease Probe()
    {
        if (queue.Look() is { Free: > 0, Waiting: 0 })
        {
            Interlocked.Increment(ref _successful);
            return ProbeLease.Free;
        }
        Interlocked.Increment(ref _failed);
        return new RefusedLease(new Rejection(RejectionReason.QueueFull, queue.GetSnapshot().Settings.MinRetryAfter));
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

    private void EndUse()
    {
        lock (_lock)
        {
            if (--_inUse == 0)
                _idleSince = time.GetTimestamp();
        }
    }

    private sealed class WorkerLease(JobQueueRateLimiter limiter, QueueLease lease) : RateLimitLease
    {
        private int _disposed;

        public override bool IsAcquired => true;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
                return;
            lease.Dispose();
            limiter.EndUse();
        }
    }

    private sealed class ProbeLease : RateLimitLease
    {
        public static readonly ProbeLease Free = new();

        public override bool IsAcquired => true;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }

    private sealed class RefusedLease(Rejection rejection) : RateLimitLease
    {
        private static readonly string[] Names = [MetadataName.ReasonPhrase.Name, MetadataName.RetryAfter.Name];

        public override bool IsAcquired => false;

        public override IEnumerable<string> MetadataNames => Names;

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.ReasonPhrase.Name ? rejection.Reason.ToWireName()
                : metadataName == MetadataName.RetryAfter.Name ? rejection.RetryAfter
                : null;
            return metadata is not null;
        }
    }
}

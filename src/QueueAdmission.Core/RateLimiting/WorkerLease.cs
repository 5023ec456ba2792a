using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>A lease of a <see cref="JobQueueRateLimiter"/> that holds workers until it is disposed.</summary>
internal sealed class WorkerLease(JobQueueRateLimiter limiter, QueueLease lease) : RateLimitLease
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

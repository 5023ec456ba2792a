using System.Threading.RateLimiting;

namespace QueueAdmission;

// What the limiter answers: a worker, the news that one is free, or a refusal.
internal sealed partial class JobQueueRateLimiter
{
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

using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>The answer to a lease of 0 permits when a worker is free. It holds no worker.</summary>
internal sealed class ProbeLease : RateLimitLease
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

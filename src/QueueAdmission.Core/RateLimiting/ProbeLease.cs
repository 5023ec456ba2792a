using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>The acquired lease of 0 permits, returned if a worker is free. It holds no worker.</summary>
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

using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// The lease of a refused call. Its metadata contain the reason and the time after which to try again.
/// </summary>
internal sealed class RefusedLease(Rejection rejection) : RateLimitLease
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

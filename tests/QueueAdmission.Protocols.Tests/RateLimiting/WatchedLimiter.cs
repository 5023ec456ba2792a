using System.Threading.RateLimiting;

namespace QueueAdmission.Protocols.RateLimiting;

/// <summary>A limiter that records whether its owner has disposed it.</summary>
internal sealed class WatchedLimiter(RateLimiter inner) : RateLimiter
{
    private volatile bool _isDisposed;

    public bool IsDisposed => _isDisposed;

    public override TimeSpan? IdleDuration => inner.IdleDuration;

    public override RateLimiterStatistics? GetStatistics() => inner.GetStatistics();

    protected override RateLimitLease AttemptAcquireCore(int permitCount) => inner.AttemptAcquire(permitCount);

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(
        int permitCount, CancellationToken cancellationToken) =>
        inner.AcquireAsync(permitCount, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        _isDisposed = true;
    }
}

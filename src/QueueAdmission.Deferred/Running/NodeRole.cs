using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>The right of this node to run jobs, as the store has last given it. It belongs to one thread.</summary>
internal sealed class NodeRole(JobStoreAccess access, TimeProvider time, ILogger logger)
{
    private long? _renewedAt;
    private bool _mayRun;
    private bool _mayHaveLostClaims;

    /// <summary>The name of this process in the store.</summary>
    public string Node { get; } = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";

    /// <summary>Whether the node may run jobs.</summary>
    public bool MayRun => _mayRun;

    /// <summary>Whether the node may claim jobs.</summary>
    public bool MayClaim => _mayRun && !_mayHaveLostClaims;

    /// <summary>How long the right has not been renewed.</summary>
    public TimeSpan Age => _renewedAt is { } at ? time.GetElapsedTime(at) : TimeSpan.Zero;

    public bool IsDue(TimeSpan interval) => _renewedAt is not { } at || time.GetElapsedTime(at) >= interval;

    /// <summary>A call that was to claim jobs has failed, and may have claimed some.</summary>
    public void OnClaimFailed() => _mayHaveLostClaims = true;

    /// <summary>Renews the right when it is due.</summary>
    /// <param name="interval">How often that is.</param>
    /// <param name="runs">Whether there is a queue whose jobs this node runs.</param>
    /// <param name="isBusy">Whether jobs run, or ends are to be written.</param>
    public void Renew(TimeSpan interval, bool runs, bool isBusy)
    {
        if (_mayHaveLostClaims && !isBusy)
        {
            // A call that failed may have claimed jobs of which this node does not know. Nothing else runs now, so the
            // node gives up all it has, and asks again.
            Resign();
            (_mayHaveLostClaims, _mayRun, _renewedAt) = (false, false, null);
        }
        if (!IsDue(interval))
        {
            return;
        }
        if (!runs && !isBusy)
        {
            GiveUp();
            // As soon as there is a queue to run, the node asks again.
            _renewedAt = null;
            return;
        }
        var ownership = access.Call("renew", store => store.RenewOwner(Node));
        _renewedAt = time.GetTimestamp();
        _mayRun = ownership.MayRun;
        if (ownership.Recovered > 0)
        {
            DeferredLog.Recovered(logger, ownership.Recovered);
        }
    }

    /// <summary>Gives all jobs back.</summary>
    public void Resign() => access.Call("resign", store =>
    {
        store.ResignOwner(Node);
        return 0;
    });

    /// <summary>A node that only accepts must not keep others from running.</summary>
    private void GiveUp()
    {
        if (_mayRun)
        {
            Resign();
            _mayRun = false;
        }
    }
}

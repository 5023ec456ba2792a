using Microsoft.Extensions.Logging;

namespace QueueAdmission.Deferred;

/// <summary>The right of this node to run jobs, as last granted by the store. Used by a single thread.</summary>
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

    /// <summary>The time since the right was last renewed.</summary>
    public TimeSpan Age => _renewedAt is { } at ? time.GetElapsedTime(at) : TimeSpan.Zero;

    public bool IsDue(TimeSpan interval) => _renewedAt is not { } at || time.GetElapsedTime(at) >= interval;

    /// <summary>
    /// Records that a call to claim jobs has failed, although the store may have claimed some for this node.
    /// </summary>
    public void OnClaimFailed() => _mayHaveLostClaims = true;

    /// <summary>Renews the right if the renewal is due.</summary>
    /// <param name="interval">The time between two renewals.</param>
    /// <param name="runs">Whether this node runs jobs of any queue.</param>
    /// <param name="isBusy">Whether jobs are running or ends have to be written.</param>
    public void Renew(TimeSpan interval, bool runs, bool isBusy)
    {
        if (_mayHaveLostClaims && !isBusy)
        {
            // A failed call may have claimed jobs that this node does not know. No other job is running now, so the
            // node returns all its jobs, and asks for the right again.
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
            // The node asks again as soon as there is a queue whose jobs it runs.
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

    /// <summary>Returns all jobs of this node to the store.</summary>
    public void Resign() => access.Call("resign", store =>
    {
        store.ResignOwner(Node);
        return 0;
    });

    /// <summary>
    /// Gives up the right, because a node that only accepts jobs must not prevent other nodes from running them.
    /// </summary>
    private void GiveUp()
    {
        if (_mayRun)
        {
            Resign();
            _mayRun = false;
        }
    }
}

namespace QueueAdmission.Cluster;

/// <summary>Decides when a node calls the store next: to renew its lease, or for a wish.</summary>
/// <remarks>
/// Renewals come before wishes. A wish whose write was refused met other writers, so wishes become rarer then, and
/// frequent again slowly. So also a node far from the store finds a moment for its renewal.
/// </remarks>
internal sealed class CallSchedule(Random random, LeaseRules rules)
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(500);
    // A few nodes leave the store enough time, however often they meet.
    private static readonly TimeSpan MaxPausePerNode = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxSpread = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(20);

    private TimeSpan _renewAt;
    private TimeSpan _lastCall = TimeSpan.MinValue;
    private TimeSpan _heldUntil;
    private TimeSpan _pause = MinPause;
    private TimeSpan _retry = FirstRetry;
    private int _refusedWishes;

    /// <summary>The moment of the next renewal, on the monotonic clock.</summary>
    public TimeSpan RenewAt => _renewAt;

    /// <summary>When the last call began.</summary>
    public TimeSpan LastCall => _lastCall;

    /// <summary>Whether three wishes were refused since the last write.</summary>
    public bool IsOvertaken => rules.HasFlag(LeaseRules.RenewalsFirst) && _refusedWishes > 2;

    /// <summary>The earliest moment at which the node may write what it wishes.</summary>
    public TimeSpan WishAt
    {
        get
        {
            var next = _lastCall == TimeSpan.MinValue ? TimeSpan.Zero : _lastCall + _pause;
            return next > _heldUntil ? next : _heldUntil;
        }
    }

    public void OnBegin(TimeSpan now) => _lastCall = now;

    /// <summary>The lease was written.</summary>
    public void OnWritten(TimeSpan sent, TimeSpan renewAfter)
    {
        // Nodes that were started together do not stay together.
        _renewAt = sent + (renewAfter * (1 - (random.NextDouble() / 10)));
        _retry = FirstRetry;
        _refusedWishes = 0;
        _pause = Max(MinPause, _pause * 0.97);
    }

    /// <summary>A write was refused, because another node was faster.</summary>
    public void OnRefused(bool wasRenewal, int nodes)
    {
        _refusedWishes += wasRenewal ? 0 : 1;
        if (!wasRenewal && rules.HasFlag(LeaseRules.BackOffWishes))
            _pause = Min(Min(MaxPause, MaxPausePerNode * nodes), _pause * (1.25 + (random.NextDouble() / 10)));
    }

    /// <summary>A wish has to wait.</summary>
    public void Hold(TimeSpan until) => _heldUntil = until;

    /// <summary>The store could not be called.</summary>
    public void OnFailed(TimeSpan now, TimeSpan longestRetry)
    {
        var wait = _retry * (0.5 + random.NextDouble());
        _retry = Min(longestRetry, _retry * 2);
        // A call that was not answered for a while has waited already.
        _renewAt = Max(now + (FirstRetry / 2), _lastCall + wait);
        Hold(_renewAt);
    }

    /// <summary>The renewal has to wait, and all those that wait do not come at once.</summary>
    public void Postpone(TimeSpan until) => _renewAt = until + (MaxSpread * random.NextDouble());

    /// <summary>The renewal is due now.</summary>
    public void RenewNow() => _renewAt = TimeSpan.Zero;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

namespace QueueAdmission.Cluster;

/// <summary>
/// Decides when a node calls the store next, either to renew its lease or for a wish: a call to obtain or offer
/// workers.
/// </summary>
/// <remarks>
/// Renewals take precedence over wishes. If the write of a wish is refused, other nodes are writing at the same time.
/// Wishes then become rarer, and slowly become frequent again. A node with a slow connection can therefore renew its
/// lease as well.
/// </remarks>
internal sealed class CallSchedule(Random random, LeaseRules rules)
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(500);
    // The maximum pause grows with the number of nodes, because a few nodes do not overload the store even without long
    // pauses.
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

    /// <summary>The time at which the last call began.</summary>
    public TimeSpan LastCall => _lastCall;

    /// <summary>Whether at least three wishes have been refused since the last successful write.</summary>
    public bool IsOvertaken => rules.HasFlag(LeaseRules.RenewalsFirst) && _refusedWishes > 2;

    /// <summary>The earliest time of the next wish, on the monotonic clock.</summary>
    public TimeSpan WishAt
    {
        get
        {
            var next = _lastCall == TimeSpan.MinValue ? TimeSpan.Zero : _lastCall + _pause;
            return next > _heldUntil ? next : _heldUntil;
        }
    }

    public void OnBegin(TimeSpan now) => _lastCall = now;

    /// <summary>Schedules the next renewal after a successful write.</summary>
    public void OnWritten(TimeSpan sent, TimeSpan renewAfter)
    {
        // The random part spreads the renewals of nodes that were started together.
        _renewAt = sent + (renewAfter * (1 - (random.NextDouble() / 10)));
        _retry = FirstRetry;
        _refusedWishes = 0;
        _pause = Max(MinPause, _pause * 0.97);
    }

    /// <summary>Makes wishes rarer after a write was refused because another node had written first.</summary>
    public void OnRefused(bool wasRenewal, int nodes)
    {
        _refusedWishes += wasRenewal ? 0 : 1;
        if (!wasRenewal && rules.HasFlag(LeaseRules.BackOffWishes))
            _pause = Min(Min(MaxPause, MaxPausePerNode * nodes), _pause * (1.25 + (random.NextDouble() / 10)));
    }

    /// <summary>Delays wishes until a given time.</summary>
    public void Hold(TimeSpan until) => _heldUntil = until;

    /// <summary>Schedules the next attempt after a failed call.</summary>
    public void OnFailed(TimeSpan now, TimeSpan longestRetry)
    {
        var wait = _retry * (0.5 + random.NextDouble());
        _retry = Min(longestRetry, _retry * 2);
        // If the call ended in a timeout, its duration counts as part of the wait.
        _renewAt = Max(now + (FirstRetry / 2), _lastCall + wait);
        Hold(_renewAt);
    }

    /// <summary>Delays the renewal. The random part prevents all delayed renewals from coming at once.</summary>
    public void Postpone(TimeSpan until) => _renewAt = until + (MaxSpread * random.NextDouble());

    /// <summary>Makes the renewal due now.</summary>
    public void RenewNow() => _renewAt = TimeSpan.Zero;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

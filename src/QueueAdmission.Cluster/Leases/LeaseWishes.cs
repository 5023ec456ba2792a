namespace QueueAdmission.Cluster;

/// <summary>
/// Decides when a node calls the store before its renewal is due, to get workers or to give some. Such a call is a
/// wish.
/// </summary>
internal sealed class LeaseWishes(HeldLease lease, CallSchedule schedule, bool hasSignals)
{
    private static readonly TimeSpan HungryPollWithSignals = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HungryPoll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan SparePoll = TimeSpan.FromMilliseconds(50);

    private TimeSpan? _quantumEnd;
    private TimeSpan _idleWishAt;
    private bool _isNudged;

    /// <summary>Whether other nodes wanted more than they held, at the last reading.</summary>
    public bool OthersAreHungry { get; private set; }

    /// <summary>Whether there was more to have at the last reading.</summary>
    public bool OthersHaveMore { get; private set; }

    /// <summary>Makes the next wish due at once.</summary>
    public void Nudge() => _isNudged = true;

    /// <summary>A call begins, so the wish for it is fulfilled.</summary>
    public void OnBegin() => _isNudged = false;

    /// <summary>The store was read.</summary>
    /// <param name="view">The shares of all nodes.</param>
    /// <param name="quantumEnd">When a contested slot may move on; null if none is contested.</param>
    public void OnRead(ShareView view, TimeSpan? quantumEnd) =>
        (OthersAreHungry, OthersHaveMore, _quantumEnd) = (view.OthersAreHungry, view.OthersHaveMore, quantumEnd);

    /// <summary>A reading had no news, so idle workers are offered again only after a pause.</summary>
    public void OnNoNews(TimeSpan now) => _idleWishAt = now + SparePoll;

    /// <summary>The moment of the next wish, on the monotonic clock.</summary>
    /// <param name="wants">The workers that the node wants now.</param>
    /// <param name="inUse">The workers that run its jobs.</param>
    /// <param name="reported">What the node has last reported; null if nothing.</param>
    /// <param name="isGivingBack">Whether the node leaves and has something to give back.</param>
    /// <param name="isAlone">Whether no other node is known.</param>
    /// <param name="now">The time.</param>
    /// <returns>The moment; <see cref="TimeSpan.MaxValue"/> without a wish.</returns>
    public TimeSpan Find(int wants, int inUse, LeaseEntry? reported, bool isGivingBack, bool isAlone, TimeSpan now)
    {
        var isReported = reported is not null && reported.Wants > reported.Holds;
        var wish = TimeSpan.MaxValue;
        if (_isNudged
            || isGivingBack
            || lease.Workers > Math.Max(lease.Cap, inUse)
            || (OthersAreHungry && lease.Workers > wants && now >= _idleWishAt)
            || (wants > lease.Workers && (!isReported || (OthersHaveMore && wants > reported!.Wants))))
        {
            wish = now;
        }
        else if (wants > lease.Workers)
        {
            wish = schedule.LastCall + (hasSignals ? HungryPollWithSignals : HungryPoll);
        }
        else if (OthersAreHungry && lease.Workers > wants)
        {
            wish = _idleWishAt;
        }
        else if (!hasSignals && lease.Workers > 0 && !isAlone)
        {
            wish = schedule.LastCall + SparePoll;
        }
        if (_quantumEnd is { } end && end < wish)
            wish = end;
        return wish == TimeSpan.MaxValue || wish > schedule.WishAt ? wish : schedule.WishAt;
    }
}

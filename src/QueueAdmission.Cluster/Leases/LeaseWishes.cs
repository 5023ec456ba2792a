namespace QueueAdmission.Cluster;

/// <summary>
/// Decides when a node calls the store before its renewal is due, to obtain or offer workers. Such a call is named a
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

    /// <summary>Whether other nodes wanted more workers than they held, as of the last reading.</summary>
    public bool OthersAreHungry { get; private set; }

    /// <summary>Whether this node could have obtained more workers, as of the last reading.</summary>
    public bool OthersHaveMore { get; private set; }

    /// <summary>Makes the next wish due at once.</summary>
    public void Nudge() => _isNudged = true;

    /// <summary>Marks the nudge as handled, because a call begins.</summary>
    public void OnBegin() => _isNudged = false;

    /// <summary>Takes a reading of the store into account.</summary>
    /// <param name="view">The shares of all nodes.</param>
    /// <param name="quantumEnd">
    /// The time from which a worker of this node may pass to another node that waits for it. Null if no worker is
    /// contested: see <see cref="ShareView.IsContested"/>.
    /// </param>
    public void OnRead(ShareView view, TimeSpan? quantumEnd) =>
        (OthersAreHungry, OthersHaveMore, _quantumEnd) = (view.OthersAreHungry, view.OthersHaveMore, quantumEnd);

    /// <summary>Delays the next offer of idle workers, because the last reading did not lead to a write.</summary>
    public void OnNoNews(TimeSpan now) => _idleWishAt = now + SparePoll;

    /// <summary>Returns the time of the next wish, on the monotonic clock.</summary>
    /// <param name="wants">The number of workers that the node wants now.</param>
    /// <param name="inUse">The number of workers that run jobs of the node.</param>
    /// <param name="reported">The entry that the node has last reported, or null if there is none.</param>
    /// <param name="isGivingBack">Whether the node is leaving and has workers to return.</param>
    /// <param name="isAlone">Whether no other node is known.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The time, or <see cref="TimeSpan.MaxValue"/> if there is no wish.</returns>
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

namespace QueueAdmission;

/// <summary>
/// The waiters that a plain queue had when it got fair lines. The fair lines take over the lines as they are. So the
/// first job with a priority or a weight costs no walk over all waiters.
/// </summary>
/// <remarks>
/// They are of normal priority and ask for one worker. They came first, so they are the first in the queue's order of
/// arrival. A waiter gets its record when it leaves.
/// </remarks>
internal sealed class AdoptedWaiters
{
    private Waiter? _queueOldest;

    /// <summary>The oldest of them; null if there is none.</summary>
    public Waiter? Oldest => Newest is null ? null : _queueOldest;

    /// <summary>The one that came last; null if there is none.</summary>
    public Waiter? Newest { get; private set; }

    /// <summary>Takes all waiters over.</summary>
    public void Adopt(Waiter? oldest, Waiter? newest) => (_queueOldest, Newest) = (oldest, newest);

    /// <summary>Removes a waiter that leaves the lines, but is still in the order of arrival.</summary>
    /// <returns>Whether it is one of them.</returns>
    public bool Remove(Waiter waiter)
    {
        if (Newest is null || waiter.Job is { Order: > 0 })
            return false;
        if (waiter == _queueOldest)
            _queueOldest = waiter.Younger;
        if (waiter == Newest)
            Newest = waiter.Older;
        return true;
    }

    public void Clear() => Newest = null;
}

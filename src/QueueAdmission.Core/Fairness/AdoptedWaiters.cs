namespace QueueAdmission;

/// <summary>
/// The waiters that a plain queue had when it switched to fair lines. The fair lines take over the plain lines
/// unchanged. The first job with a priority or a weight therefore causes no walk over all waiters.
/// </summary>
/// <remarks>
/// All of these waiters have normal priority and ask for one worker. They are the first in the queue's order of
/// arrival. A waiter without a record gets one when its turn comes, or when all waiters are distributed again.
/// </remarks>
internal sealed class AdoptedWaiters
{
    private Waiter? _queueOldest;

    /// <summary>The oldest of these waiters. Null if there are none.</summary>
    public Waiter? Oldest => Newest is null ? null : _queueOldest;

    /// <summary>The youngest of these waiters. Null if there are none.</summary>
    public Waiter? Newest { get; private set; }

    /// <summary>Takes over all waiters from the oldest to the newest.</summary>
    public void Adopt(Waiter? oldest, Waiter? newest) => (_queueOldest, Newest) = (oldest, newest);

    /// <summary>
    /// Removes a waiter that is leaving the lines. The waiter must still be in the queue's order of arrival.
    /// </summary>
    /// <returns>Whether the waiter was one of the adopted waiters.</returns>
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

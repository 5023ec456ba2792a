namespace QueueAdmission;

/// <summary>
/// All waiters of a queue over all partitions, oldest first. It determines the oldest waiter, and the order in which
/// waiters are distributed over new lines.
/// </summary>
/// <remarks>Guarded by the queue's lock.</remarks>
internal struct ArrivalOrder
{
    public Waiter? Oldest { get; private set; }

    public Waiter? Youngest { get; private set; }

    public int Count { get; private set; }

    public void Append(Waiter waiter)
    {
        waiter.Older = Youngest;
        waiter.Younger = null;
        if (Youngest is null)
            Oldest = waiter;
        else
            Youngest.Younger = waiter;
        Youngest = waiter;
        Count++;
    }

    public void Remove(Waiter waiter)
    {
        if (waiter.Older is null)
            Oldest = waiter.Younger;
        else
            waiter.Older.Younger = waiter.Younger;
        if (waiter.Younger is null)
            Youngest = waiter.Older;
        else
            waiter.Younger.Older = waiter.Older;
        waiter.Older = null;
        waiter.Younger = null;
        Count--;
    }
}

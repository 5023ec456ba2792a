namespace QueueAdmission;

/// <summary>Keeps completed waiters for reuse by later jobs.</summary>
/// <remarks>
/// Waiters are rented under the queue's lock, but returned on any thread. There are therefore two stacks. Any thread
/// pushes to <see cref="_returned"/> by compare-and-set. The holder of the lock takes this whole stack at once and then
/// pops from <see cref="_kept"/>. No single element is ever popped from the shared stack, so a head that was removed
/// and pushed again (the ABA problem) does no harm.
/// </remarks>
internal sealed class WaiterPool
{
    /// <summary>The maximum number of waiters in each of the two stacks: 1,024 waiters of 112 bytes.</summary>
    private const int Limit = 1_024;

    private Waiter? _kept;
    private Waiter? _returned;

    public Waiter RentLocked()
    {
        _kept ??= Interlocked.Exchange(ref _returned, null);
        if (_kept is not { } waiter)
            return new Waiter();
        _kept = waiter.Next;
        waiter.Next = null;
        waiter.Reset();
        return waiter;
    }

    public void Return(Waiter waiter)
    {
        var head = Volatile.Read(ref _returned);
        while (true)
        {
            var depth = head is null ? 1 : head.Detail + 1;
            if (depth > Limit)
                return;
            waiter.Detail = depth;
            waiter.Next = head;
            var seen = Interlocked.CompareExchange(ref _returned, waiter, head);
            if (seen == head)
                return;
            head = seen;
        }
    }
}

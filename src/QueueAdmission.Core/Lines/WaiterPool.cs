namespace QueueAdmission;

/// <summary>Waiters that are done, kept for the next jobs.</summary>
/// <remarks>
/// Renting happens under the queue's lock, returning on any thread. So there are two stacks. Any thread pushes on
/// <see cref="_returned"/> by compare-and-set, and the holder of the lock takes all of it at once. A single element is
/// never popped from the shared stack, so a head that left and came back (ABA) does no harm.
/// </remarks>
internal sealed class WaiterPool
{
    /// <summary>The maximum of waiters that are kept after a rush: 1,024 of 112 bytes each.</summary>
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

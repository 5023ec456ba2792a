namespace QueueAdmission;

/// <summary>
/// The decisions of a locked section that its caller announces once the lock is free: the waiters to wake, in order,
/// and a drain that is done.
/// </summary>
internal struct WakeList
{
    private Waiter? _first;
    private Waiter? _last;

    public TaskCompletionSource? Drained;

    /// <summary>
    /// Whether there are waiters left to refuse, so that the caller of this section starts further sections.
    /// </summary>
    public bool HasMore;

    /// <param name="waiter">A waiter that left its line, so that its link is free for this list.</param>
    public void Append(Waiter waiter)
    {
        if (_last is null)
            _first = waiter;
        else
            _last.Next = waiter;
        _last = waiter;
    }

    public readonly void Complete()
    {
        // A completed waiter may already serve another job, so its link is read first.
        for (var waiter = _first; waiter is not null;)
        {
            var next = waiter.Next;
            waiter.Next = null;
            waiter.Complete();
            waiter = next;
        }
        Drained?.TrySetResult();
    }
}

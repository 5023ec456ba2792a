namespace QueueAdmission;

/// <summary>
/// The outcomes of a locked section that its caller announces after the lock has been released: the waiters to wake, in
/// order, and a completed drain.
/// </summary>
internal struct WakeList
{
    private Waiter? _first;
    private Waiter? _last;

    public TaskCompletionSource? Drained;

    /// <summary>
    /// Whether waiters still have to be refused. The caller of this section then runs further sections.
    /// </summary>
    public bool HasMore;

    /// <param name="waiter">A waiter that has left its line. Its link is then free for this list.</param>
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
        // The link is read before the completion, because a completed waiter may already serve another job.
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

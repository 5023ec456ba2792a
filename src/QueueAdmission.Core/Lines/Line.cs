using System.Diagnostics;

namespace QueueAdmission;

/// <summary>One partition: waiters in the order of their arrival.</summary>
internal sealed class Line(JobQueue queue)
{
    private Waiter? _oldest;
    private Waiter? _youngest;

    public JobQueue Queue { get; } = queue;

    public int Count { get; private set; }

    /// <summary>Neighbours in the ring of lines that have a waiter.</summary>
    public Line? NextBusy;
    public Line? PreviousBusy;

    public void Append(Waiter waiter)
    {
        waiter.Line = this;
        waiter.Previous = _youngest;
        waiter.Next = null;
        if (_youngest is null)
            _oldest = waiter;
        else
            _youngest.Next = waiter;
        _youngest = waiter;
        Count++;
    }

    public Waiter Oldest => _oldest ?? throw new UnreachableException("Nobody waits in this line.");

    public Waiter Newest => _youngest ?? throw new UnreachableException("Nobody waits in this line.");

    public void Remove(Waiter waiter)
    {
        Debug.Assert(waiter.Line == this && Count > 0);
        if (waiter.Previous is null)
            _oldest = waiter.Next;
        else
            waiter.Previous.Next = waiter.Next;
        if (waiter.Next is null)
            _youngest = waiter.Previous;
        else
            waiter.Next.Previous = waiter.Previous;
        waiter.Previous = null;
        waiter.Next = null;
        Count--;
    }
}

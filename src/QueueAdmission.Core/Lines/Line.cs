using System.Diagnostics;

namespace QueueAdmission;

/// <summary>
/// Waiters in the order of their arrival: all waiters of a partition, or those of one priority class in a partition.
/// </summary>
/// <param name="owner">The queue operations that the waiters use.</param>
/// <param name="index">The number of the partition, from 0.</param>
internal sealed class Line(IWaiterOwner owner, int index = 0)
{
    private Waiter? _oldest;
    private Waiter? _youngest;

    // Waiters that were put back into the middle of the line. They are kept separately, because finding their place in
    // the linked list would take O(n).
    private SortedSet<Waiter>? _returned;

    public IWaiterOwner Owner { get; } = owner;

    public int Count { get; private set; }

    public int Index { get; } = index;

    /// <summary>
    /// The partition to which this line of one class belongs. Null if the line is a partition of a plain queue.
    /// </summary>
    public Partition? Partition { get; set; }

    /// <summary>
    /// The account to which the work of the line's waiters is charged. Null unless keys share the workers.
    /// </summary>
    public KeyFlow? Flow;

    /// <summary>The line's neighbours in the ring of lines that have a waiter: see <see cref="LineRing"/>.</summary>
    public Line? NextBusy;
    public Line? PreviousBusy;

    public Waiter Oldest => Earlier(_oldest, _returned is { Count: > 0 } returned ? returned.Min : null);

    public Waiter Newest => Later(_youngest, _returned is { Count: > 0 } returned ? returned.Max : null);

    /// <summary>Returns the waiter that is served first.</summary>
    public Waiter First(bool newestFirst) => newestFirst ? Newest : Oldest;

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

    /// <summary>Puts a waiter that was set aside back between the older and the younger waiters. O(log n).</summary>
    public void Return(Waiter waiter)
    {
        if (_youngest is null || OrderByAge.Compare(_youngest, waiter) < 0)
        {
            Append(waiter);
        }
        else if (OrderByAge.Compare(waiter, _oldest) < 0)
        {
            Prepend(waiter);
        }
        else
        {
            waiter.Line = this;
            waiter.Job!.IsReturned = true;
            (_returned ??= new SortedSet<Waiter>(OrderByAge.Instance)).Add(waiter);
            Count++;
        }
    }

    public void Remove(Waiter waiter)
    {
        Debug.Assert(waiter.Line == this && Count > 0);
        Count--;
        if (waiter.Job is { IsReturned: true } job)
        {
            job.IsReturned = false;
            _returned!.Remove(waiter);
            return;
        }
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
    }

    private void Prepend(Waiter waiter)
    {
        waiter.Line = this;
        waiter.Previous = null;
        waiter.Next = _oldest;
        _oldest!.Previous = waiter;
        _oldest = waiter;
        Count++;
    }

    private static Waiter Earlier(Waiter? a, Waiter? b) =>
        a is null ? b ?? throw NoWaiter() : b is null || OrderByAge.Compare(a, b) < 0 ? a : b;

    private static Waiter Later(Waiter? a, Waiter? b) =>
        a is null ? b ?? throw NoWaiter() : b is null || OrderByAge.Compare(a, b) > 0 ? a : b;

    private static UnreachableException NoWaiter() => new("No job waits in this line.");
}

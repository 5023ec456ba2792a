using System.Diagnostics;

namespace QueueAdmission;

/// <summary>Waiters in the order of their arrival: a partition, or the waiters of one class in it.</summary>
/// <param name="owner">What a waiter needs of the queue.</param>
/// <param name="index">
/// The number of the partition, from 0; without meaning if the line is not a partition itself.
/// </param>
internal sealed class Line(IWaiterOwner owner, int index = 0)
{
    private Waiter? _oldest;
    private Waiter? _youngest;

    public IWaiterOwner Owner { get; } = owner;

    public int Count { get; private set; }

    public int Index { get; } = index;

    /// <summary>
    /// The partition to which this line of one class belongs; null if the line is a partition itself, or in none.
    /// </summary>
    public Partition? Partition { get; init; }

    /// <summary>Whether it stands, where each line is judged by itself.</summary>
    public StandingQueue Standing;

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

    /// <summary>
    /// Puts a waiter between the older and the younger ones. It is quick for the oldest and for the youngest.
    /// </summary>
    public void InsertByAge(Waiter waiter)
    {
        var order = waiter.Job!.Order;
        Waiter? younger = null;
        if (_oldest is not null && _oldest.Job!.Order > order)
            younger = _oldest;
        else
            for (var other = _youngest; other is not null && other.Job!.Order > order; other = other.Previous)
                younger = other;
        if (younger is null)
        {
            Append(waiter);
            return;
        }
        waiter.Line = this;
        waiter.Next = younger;
        waiter.Previous = younger.Previous;
        if (younger.Previous is null)
            _oldest = waiter;
        else
            younger.Previous.Next = waiter;
        younger.Previous = waiter;
        Count++;
    }

    public Waiter Oldest => _oldest ?? throw new UnreachableException("No job waits in this line.");

    public Waiter Newest => _youngest ?? throw new UnreachableException("No job waits in this line.");

    /// <summary>The waiter that is served first.</summary>
    public Waiter First(bool newestFirst) => newestFirst ? Newest : Oldest;

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

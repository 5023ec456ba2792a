namespace QueueAdmission;

/// <summary>
/// One partition of fair lines: a line for each class, a common number of places, and a common account of the work done
/// for it.
/// </summary>
internal sealed class Partition(IWaiterOwner owner, int index)
{
    /// <summary>
    /// The bound of debt and credit, in jobs of average length. So one endless job excludes its partition for a short
    /// time only.
    /// </summary>
    private const int MaxRounds = 256;

    private readonly Line?[] _lines = new Line?[PriorityClass.Number];
    private readonly int[] _counts = new int[PriorityClass.Number];
    private int _period;
    private double _balance;

    public int Index { get; } = index;

    /// <summary>How many of its places are taken, including the waiters with a key at its limit.</summary>
    public int Count { get; private set; }

    public int CountOf(int priorityClass) => _counts[priorityClass];

    public Line LineOf(int priorityClass) => _lines[priorityClass] ??= new Line(owner) { Partition = this };

    /// <summary>The line of a class, if there ever was a waiter in it.</summary>
    public Line? FindLine(int priorityClass) => _lines[priorityClass];

    public void Take(int priorityClass)
    {
        Count++;
        _counts[priorityClass]++;
    }

    public void Free(int priorityClass)
    {
        Count--;
        _counts[priorityClass]--;
        // An empty partition saves up no turns.
        if (Count == 0)
            _balance = Math.Min(_balance, 0);
    }

    /// <summary>
    /// The working time, in ticks, that it may still use before the others have their turn. Below 0: the time used
    /// beyond that.
    /// </summary>
    /// <param name="period">
    /// The present busy period. What was before it, when no job had to wait for another, is forgotten.
    /// </param>
    public double BalanceIn(int period) => _period == period ? _balance : 0;

    public void Credit(double ticks, int period, double meanTicks)
    {
        _balance = Math.Clamp(BalanceIn(period) + ticks, -MaxRounds * meanTicks, MaxRounds * meanTicks);
        _period = period;
    }
}

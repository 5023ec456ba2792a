namespace QueueAdmission;

/// <summary>One partition of a queue that tells jobs apart: a line for each class, a common number of places, and a common account of the work done for it.</summary>
internal sealed class Partition(JobQueue queue, int index)
{
    /// <summary>Neither debt nor credit goes beyond so many jobs of average length, so that no partition is shut out for long because of one endless job.</summary>
    private const int MostRounds = 256;

    private readonly Line?[] _lines = new Line?[PriorityClass.Number];
    private readonly int[] _counts = new int[PriorityClass.Number];
    private int _period;
    private double _balance;

    public int Index { get; } = index;

    /// <summary>How many of its places are taken, those of waiters included whose key is at its limit.</summary>
    public int Count { get; private set; }

    public int CountOf(int priorityClass) => _counts[priorityClass];

    public Line LineOf(int priorityClass) => _lines[priorityClass] ??= new Line(queue) { Partition = this };

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
        // Nobody saves up turns by staying away.
        if (Count == 0)
            _balance = Math.Min(_balance, 0);
    }

    /// <summary>What it may still use up before the others have their turn, in ticks of working time; below 0 what it has used beyond that.</summary>
    /// <param name="period">The present busy period: what was before it, when nobody had to wait for anybody, is forgotten.</param>
    public double BalanceIn(int period) => _period == period ? _balance : 0;

    public void Credit(double ticks, int period, double meanTicks)
    {
        _balance = Math.Clamp(BalanceIn(period) + ticks, -MostRounds * meanTicks, MostRounds * meanTicks);
        _period = period;
    }
}

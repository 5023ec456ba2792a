namespace QueueAdmission;

/// <summary>One partition of fair lines: a line for each class, and a common number of places.</summary>
internal sealed class Partition(IWaiterOwner owner, int index)
{
    private readonly Line?[] _lines = new Line?[PriorityClass.Number];

    public int Index { get; } = index;

    /// <summary>
    /// The key that has this partition for itself; null while the partition is empty or common to all.
    /// </summary>
    public KeyAccount? Owner { get; set; }

    /// <summary>How many of its places are taken, including the waiters with a key at its limit.</summary>
    public int Count { get; set; }

    public Line LineOf(int priorityClass) =>
        _lines[priorityClass] ??= new Line(owner, Index) { Partition = this };

    /// <summary>The line of a class; null if it has never had a waiter.</summary>
    public Line? FindLine(int priorityClass) => _lines[priorityClass];

    /// <summary>Takes over a line with all its waiters.</summary>
    public void Adopt(int priorityClass, Line line)
    {
        line.Partition = this;
        _lines[priorityClass] = line;
        Count += line.Count;
    }
}

namespace QueueAdmission;

/// <summary>
/// One partition of fair lines: a line for each priority class, and the number of places that the lines use together.
/// </summary>
internal sealed class Partition(IWaiterOwner owner, int index)
{
    private readonly Line?[] _lines = new Line?[PriorityClass.Number];

    public int Index { get; } = index;

    /// <summary>
    /// The account of the key that owns this partition. Null while the partition is empty, and if partitions are common
    /// to all jobs.
    /// </summary>
    public KeyAccount? Owner { get; set; }

    /// <summary>The number of places that are taken. Waiters that were set aside keep their places.</summary>
    public int Count { get; set; }

    public Line LineOf(int priorityClass) =>
        _lines[priorityClass] ??= new Line(owner, Index) { Partition = this };

    /// <summary>Returns the line of a class. Null if the line has never had a waiter.</summary>
    public Line? FindLine(int priorityClass) => _lines[priorityClass];

    /// <summary>Takes over a line with all its waiters.</summary>
    public void Adopt(int priorityClass, Line line)
    {
        line.Partition = this;
        _lines[priorityClass] = line;
        Count += line.Count;
    }
}

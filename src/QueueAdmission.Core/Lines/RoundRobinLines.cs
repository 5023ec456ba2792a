using System.Diagnostics;
using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// The discipline of a plain queue. Jobs are placed into the partitions in turn, skipping full ones, and served from
/// the partitions in turn, skipping empty ones. In a partition, the oldest or the newest job goes first, according to
/// the settings. If the newest goes first and the queue is full, the oldest waiter loses its place to a newcomer.
/// </summary>
/// <remarks>Priorities, weights and keys have no effect here. Every job takes one worker.</remarks>
internal sealed class RoundRobinLines : Discipline
{
    private readonly IWaiterOwner _owner;
    private Line[] _lines;
    private int _capacity;
    private bool _makesRoom;
    private int _cursor;

    // The number of lines with room, so that no search is needed to see that all are full.
    private int _withRoom;

    private LineRing _busy;

    public RoundRobinLines(IWaiterOwner owner, JobQueueOptions settings)
    {
        _owner = owner;
        _capacity = settings.PartitionCapacity;
        _makesRoom = settings.Order == QueueProcessingOrder.NewestFirst;
        _lines = NewLines(settings.Partitions);
        _withRoom = _capacity > 0 ? _lines.Length : 0;
    }

    /// <summary>All lines. Used when fair lines take over this queue.</summary>
    public IReadOnlyList<Line> All => _lines;

    /// <summary>The lines that have a waiter, in the order of their turns.</summary>
    public LineRing Busy => _busy;

    /// <summary>The index of the line that gets the next newcomer, if the line has room.</summary>
    public int Cursor => _cursor;

    public override RejectionReason? RefusalOf(JobRecord? job, bool mayWait) =>
        mayWait && (_withRoom > 0 || (_makesRoom && _capacity > 0)) ? null : RejectionReason.QueueFull;

    public override Waiter? Place(Waiter waiter, Waiter oldest)
    {
        if (_withRoom == 0)
        {
            Debug.Assert(_makesRoom && _capacity > 0);
            Remove(oldest);
            Append(oldest.Line, waiter);
            return oldest;
        }
        while (_lines[_cursor].Count >= _capacity)
            Advance();
        Append(_lines[_cursor], waiter);
        Advance();
        return null;
    }

    public override Waiter? Next(int free, out int workers)
    {
        workers = 1;
        if (_busy.First is not { } line)
            return null;
        var waiter = line.First(ServesNewestFirst);
        _busy.Rotate();
        Remove(waiter);
        return waiter;
    }

    public override void Remove(Waiter waiter)
    {
        var line = waiter.Line;
        line.Remove(waiter);
        if (line.Count == _capacity - 1)
            _withRoom++;
        if (line.Count == 0)
            _busy.Leave(line);
    }

    /// <summary>
    /// Returns the estimated number of waiters that start before a newcomer. If the newest job goes first, that is half
    /// of the lines on average, or half of the waiters if there are fewer waiters than lines.
    /// </summary>
    public override int CountAhead(JobRecord? job, int waiting) =>
        ServesNewestFirst ? Math.Min(waiting, _lines.Length) / 2 : waiting;

    public override bool Reshape(in LineSettings settings, Waiter? oldest)
    {
        var options = settings.Options;
        _makesRoom = options.Order == QueueProcessingOrder.NewestFirst;
        var (partitions, capacity) = (options.Partitions, options.PartitionCapacity);
        if (partitions == _lines.Length && capacity == _capacity)
            return false;
        _capacity = capacity;
        var isDealt = partitions != _lines.Length;
        if (isDealt)
        {
            _lines = NewLines(partitions);
            _cursor = 0;
            _busy.Clear();
            Deal(oldest);
        }
        _withRoom = _lines.Count(line => line.Count < capacity);
        return isDealt;
    }

    public override void Deal(Waiter? oldest)
    {
        // Placed in turn, no line gets more than ⌈waiters ÷ partitions⌉ waiters. So no line exceeds its capacity unless
        // the queue as a whole does.
        for (var waiter = oldest; waiter is not null; waiter = waiter.Younger)
        {
            // The waiter may come from former lines, whose partitions no longer exist.
            if (waiter.Job is { } job)
                job.Partition = null;
            Append(_lines[_cursor], waiter);
            Advance();
        }
    }

    public override bool HasReadyWaiter => !_busy.IsEmpty;

    public override bool IsSettled(int free) => free <= 0 || _busy.IsEmpty;

    public override int[] CountByPartition() => Array.ConvertAll(_lines, line => line.Count);

    private Line[] NewLines(int partitions)
    {
        var lines = new Line[partitions];
        for (var i = 0; i < partitions; i++)
            lines[i] = new Line(_owner, i);
        return lines;
    }

    private void Advance() => _cursor = _cursor + 1 == _lines.Length ? 0 : _cursor + 1;

    private void Append(Line line, Waiter waiter)
    {
        line.Append(waiter);
        if (line.Count == _capacity)
            _withRoom--;
        if (line.Count == 1)
            _busy.Join(line);
    }
}

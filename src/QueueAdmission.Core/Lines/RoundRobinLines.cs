using System.Diagnostics;

namespace QueueAdmission;

/// <summary>
/// The discipline of a queue: which partition a waiter joins and which waiter is next. Jobs are placed into the partitions in turn, a full
/// one being passed over, and served from them in turn, an empty one being passed over; in a partition the oldest goes first.
/// </summary>
/// <remarks>Knows no workers and no time. Every call is made under the queue's lock.</remarks>
internal sealed class RoundRobinLines
{
    private readonly JobQueue _queue;
    private Line[] _lines;
    private int _capacity;
    private int _cursor;

    // Lines with room, counted, so that an overflow is decided without a search.
    private int _withRoom;

    // The ring of lines with waiters; null when there is none. The one to be served next comes first, a line that becomes busy joins last.
    private Line? _nextToServe;

    public RoundRobinLines(JobQueue queue, int partitions, int capacity)
    {
        _queue = queue;
        _capacity = capacity;
        _lines = NewLines(partitions);
        _withRoom = capacity > 0 ? partitions : 0;
    }

    public bool HasRoom => _withRoom > 0;

    public void Place(Waiter waiter)
    {
        Debug.Assert(HasRoom);
        while (_lines[_cursor].Count >= _capacity)
            Advance();
        Append(_lines[_cursor], waiter);
        Advance();
    }

    /// <summary>Takes out the waiter whose turn it is.</summary>
    public Waiter Next()
    {
        var line = _nextToServe ?? throw new UnreachableException("Nobody waits.");
        var waiter = line.Oldest;
        _nextToServe = line.NextBusy;
        Remove(waiter);
        return waiter;
    }

    public void Remove(Waiter waiter)
    {
        var line = waiter.Line;
        line.Remove(waiter);
        if (line.Count == _capacity - 1)
            _withRoom++;
        if (line.Count == 0)
            LeaveRing(line);
    }

    /// <summary>Changes the number of partitions, their capacity, or both. Nobody leaves: a line may stand above a lowered capacity until it falls.</summary>
    public void Reshape(int partitions, int capacity, Waiter? oldest)
    {
        _capacity = capacity;
        if (partitions != _lines.Length)
        {
            _lines = NewLines(partitions);
            _cursor = 0;
            _nextToServe = null;
            // Dealt out in turn in the order of arrival: no line is longer than ⌈waiters ÷ partitions⌉, so none is above the
            // capacity unless the queue as a whole is.
            for (var waiter = oldest; waiter is not null; waiter = waiter.Younger)
            {
                Append(_lines[_cursor], waiter);
                Advance();
            }
        }
        _withRoom = _lines.Count(line => line.Count < capacity);
    }

    public int[] CountByPartition() => Array.ConvertAll(_lines, line => line.Count);

    private Line[] NewLines(int partitions)
    {
        var lines = new Line[partitions];
        for (var i = 0; i < partitions; i++)
            lines[i] = new Line(_queue, i);
        return lines;
    }

    private void Advance() => _cursor = _cursor + 1 == _lines.Length ? 0 : _cursor + 1;

    private void Append(Line line, Waiter waiter)
    {
        line.Append(waiter);
        if (line.Count == _capacity)
            _withRoom--;
        if (line.Count == 1)
            JoinRing(line);
    }

    private void JoinRing(Line line)
    {
        if (_nextToServe is not { } first)
        {
            _nextToServe = line.NextBusy = line.PreviousBusy = line;
            return;
        }
        var last = first.PreviousBusy!;
        line.PreviousBusy = last;
        line.NextBusy = first;
        last.NextBusy = line;
        first.PreviousBusy = line;
    }

    private void LeaveRing(Line line)
    {
        if (line.NextBusy == line)
        {
            _nextToServe = null;
        }
        else
        {
            if (_nextToServe == line)
                _nextToServe = line.NextBusy;
            line.PreviousBusy!.NextBusy = line.NextBusy;
            line.NextBusy!.PreviousBusy = line.PreviousBusy;
        }
        line.NextBusy = line.PreviousBusy = null;
    }
}

namespace QueueAdmission;

/// <summary>
/// Overload control for queues whose partitions belong to keys. It decides for each line separately whether the line is
/// a standing queue.
/// </summary>
/// <remarks>
/// <para>The state of a line can change only when its oldest waiter changes, or when its oldest waiter has waited for a
/// certain time. Lines are therefore examined when their oldest waiter changes. Three heaps return the line that has to
/// be examined next because of the time. If no line is due, the check costs O(1). Every change costs O(log n).</para>
/// <para>The heaps are ordered by past times, such as arrivals, and not by due times, because the due times change with
/// the measured drain rate.</para>
/// </remarks>
internal sealed class LineWatch
{
    /// <summary>
    /// The factor by which the times of overload control are multiplied. A key has only a share of the workers, so its
    /// waits vary more. A few jobs in a row are not an overload.
    /// </summary>
    private const int Leniency = 3;

    // Lines with short waits, and standing lines. Ordered by the arrival of the oldest waiter.
    private readonly IndexedHeap<KeyFlow, KeyFlow.WatchSlot> _calm = new();
    private readonly IndexedHeap<KeyFlow, KeyFlow.WatchSlot> _standing = new();

    // Lines with long waits, which may become standing lines. Ordered by the time since which their waits have been
    // long.
    private readonly IndexedHeap<KeyFlow, KeyFlow.WatchSlot> _turning = new();

    /// <summary>The control that provides the target and the interval, before they are multiplied.</summary>
    public OverloadControl Control { get; set; } = new();

    /// <summary>
    /// The number of moves of lines in the heaps so far. Tests count these steps instead of measuring time.
    /// </summary>
    public long Steps => _calm.Steps + _standing.Steps + _turning.Steps;

    private long Target => Lenient(Control.Target);

    private long Interval => Lenient(Control.Interval);

    /// <summary>Examines a line whose oldest waiter has changed or is about to leave.</summary>
    public void Look(Line line, long now) => Look(line.Flow!, line, now);

    /// <summary>Returns a waiter that has waited too long in a standing line. Null if there is none.</summary>
    public Waiter? NextToShed(long now)
    {
        while (true)
        {
            if (_turning.First is { } turning && now - turning.Standing.Since >= Interval)
                Look(turning, turning.Line!, now);
            else if (_calm.First is { } calm && now - calm.Line!.Oldest.Time >= Interval)
                Look(calm, calm.Line!, now);
            else
                return _standing.First is { } standing && now - standing.Line!.Oldest.Time >= Target
                    ? standing.Line.Oldest
                    : null;
        }
    }

    /// <summary>Stops watching all lines.</summary>
    public void Clear()
    {
        _calm.Clear();
        _turning.Clear();
        _standing.Clear();
    }

    private void Look(KeyFlow flow, Line line, long now)
    {
        if (flow.Watch.IsTaken)
            HeapOf(flow).Remove(flow);
        var isEmpty = line.Count == 0;
        flow.Standing.Observe(now, isEmpty ? 0 : now - line.Oldest.Time, Target, Interval);
        if (isEmpty)
            return;
        flow.WatchedAs = flow.Standing.IsStanding ? WatchedLine.Standing
            : flow.Standing.Since is not 0 ? WatchedLine.Turning
            : WatchedLine.Calm;
        HeapOf(flow).Add(flow, flow.WatchedAs == WatchedLine.Turning ? flow.Standing.Since : line.Oldest.Time);
    }

    private IndexedHeap<KeyFlow, KeyFlow.WatchSlot> HeapOf(KeyFlow flow) => flow.WatchedAs switch
    {
        WatchedLine.Standing => _standing,
        WatchedLine.Turning => _turning,
        _ => _calm,
    };

    private static long Lenient(long ticks) => Math.Min(ticks, long.MaxValue / Leniency) * Leniency;
}

/// <summary>The state in which overload control watches a line.</summary>
internal enum WatchedLine : byte
{
    Calm,
    Turning,
    Standing,
}

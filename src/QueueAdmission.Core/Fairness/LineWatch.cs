namespace QueueAdmission;

/// <summary>
/// Overload control for queues whose partitions belong to keys. It judges the line of each key by itself.
/// </summary>
/// <remarks>
/// <para>A line can change its state only when its oldest waiter changes, or when that one has waited for a certain
/// time. So lines are looked at when their oldest waiter changes. Three heaps give the line for which the time comes
/// next. A section that finds nothing due costs O(1), and every change costs O(log n).</para>
/// <para>The heaps are ordered by moments of the past, because the times themselves change with the measured
/// rate.</para>
/// </remarks>
internal sealed class LineWatch
{
    /// <summary>
    /// The factor by which the times of overload control are multiplied. A key has only a share of the workers, so its
    /// waits vary more: a few jobs in a row are no overload.
    /// </summary>
    private const int Leniency = 3;

    // By the arrival of the oldest waiter: lines that waits are short in, and lines that stand.
    private readonly IndexedHeap<KeyFlow, KeyFlow.WatchSlot> _calm = new();
    private readonly IndexedHeap<KeyFlow, KeyFlow.WatchSlot> _standing = new();

    // By the moment since when waits are long: lines that may come to stand.
    private readonly IndexedHeap<KeyFlow, KeyFlow.WatchSlot> _turning = new();

    /// <summary>The times, before they are multiplied.</summary>
    public OverloadControl Control { get; set; } = new();

    /// <summary>How many lines were moved so far. Tests count them instead of time.</summary>
    public long Steps => _calm.Steps + _standing.Steps + _turning.Steps;

    private long Target => Lenient(Control.Target);

    private long Interval => Lenient(Control.Interval);

    /// <summary>Looks at a line whose oldest waiter has changed, or is about to leave.</summary>
    public void Look(Line line, long now) => Look(line.Flow!, line, now);

    /// <summary>A waiter that has waited too long in a line that stands; null if there is none.</summary>
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

/// <summary>Why overload control watches a line.</summary>
internal enum WatchedLine : byte
{
    Calm,
    Turning,
    Standing,
}

namespace QueueAdmission;

// Overload control where the partitions belong to keys: one look at each line whenever the queue settles.
internal sealed partial class FairLines
{
    /// <summary>A partition has only its share of the workers, so waits in it differ more: one key's few jobs in a row are no rush.</summary>
    private const int Leniency = 3;

    public override bool JudgesLines => _settings.PartitionByKey;

    public override Waiter? NextToShed(long now, OverloadControl control)
    {
        var (target, interval) = (Lenient(control.Target), Lenient(control.Interval));
        foreach (var partition in _partitions)
        {
            for (var priorityClass = 0; priorityClass < PriorityClass.Number; priorityClass++)
            {
                if (partition.FindLine(priorityClass) is not { } line)
                    continue;
                var longestWait = line.Count > 0 ? now - line.Oldest.Time : 0;
                line.Standing.Observe(now, longestWait, target, interval);
                if (line.Standing.IsStanding && line.Count > 0 && longestWait >= target)
                {
                    var waiter = line.Oldest;
                    Remove(waiter);
                    return waiter;
                }
            }
        }
        return null;
    }

    private static long Lenient(long ticks) => Math.Min(ticks, long.MaxValue / Leniency) * Leniency;
}

namespace QueueAdmission;

/// <summary>
/// Overload control where the partitions belong to keys: each line is judged by itself whenever the queue settles.
/// </summary>
internal static class LineShedding
{
    /// <summary>
    /// The factor on the times. A partition has only its share of the workers, so its waits differ more: a key's few
    /// jobs in a row are no rush.
    /// </summary>
    private const int Leniency = 3;

    /// <summary>A waiter that has waited too long in a line that stands; null if there is none.</summary>
    public static Waiter? Next(IReadOnlyList<Partition> partitions, long now, OverloadControl control)
    {
        var (target, interval) = (Lenient(control.Target), Lenient(control.Interval));
        foreach (var partition in partitions)
        {
            for (var priorityClass = 0; priorityClass < PriorityClass.Number; priorityClass++)
            {
                if (partition.FindLine(priorityClass) is not { } line)
                    continue;
                var longestWait = line.Count > 0 ? now - line.Oldest.Time : 0;
                line.Standing.Observe(now, longestWait, target, interval);
                if (line.Standing.IsStanding && line.Count > 0 && longestWait >= target)
                    return line.Oldest;
            }
        }
        return null;
    }

    private static long Lenient(long ticks) => Math.Min(ticks, long.MaxValue / Leniency) * Leniency;
}

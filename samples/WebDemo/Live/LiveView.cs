using QueueAdmission;

namespace WebDemo;

/// <summary>What the page draws, at one moment.</summary>
internal sealed record LiveView(
    Books Books, long ToldAtDoor, QueueView Queue, IReadOnlyList<TillView?> Tills, int OrderMilliseconds,
    RushView? Rush, bool CanChange);

/// <summary>The queue: its settings, how many workers are busy, and how many wait in each partition.</summary>
internal sealed record QueueView(
    int Workers, int Partitions, int PartitionCapacity, double MaxWaitSeconds, int Running, IReadOnlyList<int> Waiting,
    double LongestWaitSeconds, long Arrived)
{
    public static QueueView From(JobQueueSnapshot snapshot) => new(
        snapshot.Workers,
        snapshot.Settings.Partitions,
        snapshot.Settings.PartitionCapacity,
        snapshot.Settings.MaxWait.TotalSeconds,
        snapshot.Running,
        snapshot.WaitingByPartition,
        Math.Round(snapshot.LongestWait.TotalSeconds, 1),
        snapshot.Arrived);
}

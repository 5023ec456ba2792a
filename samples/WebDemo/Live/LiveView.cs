using QueueAdmission;

namespace WebDemo;

/// <summary>The data that the page shows, at one moment.</summary>
internal sealed record LiveView(
    Books Books, long ToldAtDoor, QueueView Queue, IReadOnlyList<TillView?> Tills, int OrderMilliseconds,
    RushView? Rush, bool CanChange)
{
    public static LiveView Look(Shop shop, JobQueue queue, Tills tills, Rush rush, IHostEnvironment environment)
    {
        var snapshot = queue.GetSnapshot();
        return new LiveView(shop.ReadBooks(snapshot), shop.ToldAtDoor, QueueView.From(snapshot), tills.Look(),
            (int)shop.OrderTime.TotalMilliseconds, rush.Look(), environment.IsDevelopment());
    }
}

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

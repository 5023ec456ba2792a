namespace QueueAdmission.Doubles;

/// <summary>
/// Brings a queue into the situation that a test is about, and tells the outcome of its waiters. Nothing here waits
/// itself: the engine decides at once or not at all.
/// </summary>
internal static class Staging
{
    public static JobQueueOptions Settings(
        int workers = 1, int partitions = 1, int capacity = 10, TimeSpan? maxWait = null) => new()
        {
            Workers = workers,
            Partitions = partitions,
            PartitionCapacity = capacity,
            MaxWait = maxWait ?? Timeout.InfiniteTimeSpan,
        };

    /// <summary>From now on, one locked section refuses no more waiters than this.</summary>
    public static void RefuseInSectionsOf(this JobQueue queue, int waiters) => queue.Engine.Read(
        waiters, static (in EngineView view, int waiters) => view.Departures.MaxInSection = waiters);

    /// <summary>All workers are taken: the next job has to wait.</summary>
    public static QueueLease[] TakeAllWorkers(this JobQueue queue)
    {
        var leases = Enumerable.Range(0, queue.GetSnapshot().Settings.Workers).Select(_ => queue.TryEnter()).ToArray();
        Assert.All(leases, lease => Assert.True(lease.IsAdmitted));
        return leases;
    }

    /// <summary>Enters and has to wait.</summary>
    public static ValueTask<QueueLease> Park(this JobQueue queue, CancellationToken cancellationToken = default)
    {
        var entering = queue.EnterAsync(cancellationToken);
        Assert.False(entering.IsCompleted);
        return entering;
    }

    public static ValueTask<QueueLease>[] ParkMany(this JobQueue queue, int count) =>
        Enumerable.Range(0, count).Select(_ => queue.Park()).ToArray();

    /// <summary>The lease of a job that must have been admitted by now.</summary>
    public static QueueLease Admitted(this ValueTask<QueueLease> entering)
    {
        Assert.True(entering.IsCompleted, "Still waiting.");
        var lease = entering.GetAwaiter().GetResult();
        Assert.True(lease.IsAdmitted);
        Assert.Null(lease.Rejection);
        return lease;
    }

    /// <summary>The reason of a job that must have been refused by now.</summary>
    public static RejectionReason Refused(this ValueTask<QueueLease> entering)
    {
        Assert.True(entering.IsCompleted, "Still waiting.");
        var lease = entering.GetAwaiter().GetResult();
        Assert.False(lease.IsAdmitted);
        return lease.Rejection!.Value.Reason;
    }

    /// <summary>The Retry-After of a job that must have been refused by now.</summary>
    public static TimeSpan RetryAfter(this ValueTask<QueueLease> entering)
    {
        Assert.True(entering.IsCompleted, "Still waiting.");
        return entering.GetAwaiter().GetResult().Rejection!.Value.RetryAfter;
    }

    /// <summary>The numbers of the waiters that have an answer.</summary>
    public static IEnumerable<int> Answered(this ValueTask<QueueLease>[] entering) =>
        Enumerable.Range(0, entering.Length).Where(i => entering[i].IsCompleted);
}

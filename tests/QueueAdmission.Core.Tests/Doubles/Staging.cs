namespace QueueAdmission.Doubles;

/// <summary>
/// Brings a queue into the state that a test needs, and reads the outcomes of its waiters. No method waits, because the
/// engine decides either at once or not at all.
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

    /// <summary>Limits the number of waiters that are refused in one locked section.</summary>
    public static void RefuseInSectionsOf(this JobQueue queue, int waiters) => queue.Engine.Read(
        waiters, static (in EngineView view, int waiters) => view.Departures.MaxInSection = waiters);

    /// <summary>Takes all workers, so that the next job has to wait.</summary>
    public static QueueLease[] TakeAllWorkers(this JobQueue queue)
    {
        var leases = Enumerable.Range(0, queue.GetSnapshot().Settings.Workers).Select(_ => queue.TryEnter()).ToArray();
        Assert.All(leases, lease => Assert.True(lease.IsAdmitted));
        return leases;
    }

    /// <summary>Enters the queue, and asserts that the job has to wait.</summary>
    public static ValueTask<QueueLease> Park(this JobQueue queue, CancellationToken cancellationToken = default)
    {
        var entering = queue.EnterAsync(cancellationToken);
        Assert.False(entering.IsCompleted);
        return entering;
    }

    public static ValueTask<QueueLease>[] ParkMany(this JobQueue queue, int count) =>
        Enumerable.Range(0, count).Select(_ => queue.Park()).ToArray();

    /// <summary>Asserts that the job has been admitted, and returns its lease.</summary>
    public static QueueLease Admitted(this ValueTask<QueueLease> entering)
    {
        Assert.True(entering.IsCompleted, "Still waiting.");
        var lease = entering.GetAwaiter().GetResult();
        Assert.True(lease.IsAdmitted);
        Assert.Null(lease.Rejection);
        return lease;
    }

    /// <summary>Asserts that the job has been refused, and returns the reason.</summary>
    public static RejectionReason Refused(this ValueTask<QueueLease> entering)
    {
        Assert.True(entering.IsCompleted, "Still waiting.");
        var lease = entering.GetAwaiter().GetResult();
        Assert.False(lease.IsAdmitted);
        return lease.Rejection!.Value.Reason;
    }

    /// <summary>Asserts that the job no longer waits, and returns the Retry-After of its rejection.</summary>
    public static TimeSpan RetryAfter(this ValueTask<QueueLease> entering)
    {
        Assert.True(entering.IsCompleted, "Still waiting.");
        return entering.GetAwaiter().GetResult().Rejection!.Value.RetryAfter;
    }

    /// <summary>Returns the indexes of the waiters whose wait has ended.</summary>
    public static IEnumerable<int> Answered(this ValueTask<QueueLease>[] entering) =>
        Enumerable.Range(0, entering.Length).Where(i => entering[i].IsCompleted);
}

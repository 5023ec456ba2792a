using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Entrances;

/// <summary>
/// Verifies jobs whose callers have already left when the jobs arrive, such as requests that their clients have
/// canceled.
/// </summary>
public sealed class LeftBeforeTests
{
    private readonly CountingTimeProvider _time = new();

    [Fact]
    public void Arrive_LeftBefore_TakesAFreeWorker()
    {
        using var queue = new JobQueue(Settings(), _time);

        Assert.Null(queue.Arrive(jobState: null, mayWait: true, out var admission, hasLeft: true));

        Assert.True(admission.IsAdmitted);
        queue.Release(admission.Held);
        AssertBooks(queue, ran: 1, abandoned: 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void Arrive_LeftBefore_NeitherWaitsNorIsRefused(int capacity)
    {
        using var queue = new JobQueue(Settings(capacity: capacity), _time);
        var holder = queue.TakeAllWorkers().Single();

        AssertAbandoned(queue, new JobTraits());

        // No mark remains: the release of the worker takes the fast path, which does not read the clock.
        var looks = _time.Timestamps;
        holder.Dispose();
        Assert.Equal(looks, _time.Timestamps);
        AssertBooks(queue, ran: 1, abandoned: 1);
        queue.EnterAsync().Admitted();
    }

    [Fact]
    public void Arrive_LeftBeforeBehindWaiters_DisturbsNoneOfThem()
    {
        using var queue = new JobQueue(Settings(capacity: 1), _time);
        var holder = queue.TakeAllWorkers().Single();
        var waiter = queue.Park();

        AssertAbandoned(queue, new JobTraits { Priority = JobPriority.Critical });
        AssertAbandoned(queue, new JobTraits());
        Assert.False(waiter.IsCompleted);
        holder.Dispose();
        waiter.Admitted().Dispose();

        AssertBooks(queue, ran: 2, abandoned: 2);
    }

    [Fact]
    public void Arrive_LeftBefore_IsAbandonedWhateverItWouldHaveBeenRefusedFor()
    {
        using var queue = new JobQueue(Settings(), _time);

        AssertAbandoned(queue, new JobTraits { Deadline = TimeSpan.Zero });
        queue.Pause();
        AssertAbandoned(queue, new JobTraits());
        queue.Update(o => (o.PartitionByKey, o.MaxWorkersPerKey) = (true, 1));
        AssertAbandoned(queue, new JobTraits { Key = "a" });
        _ = queue.DrainAsync(TestContext.Current.CancellationToken);
        AssertAbandoned(queue, new JobTraits());

        AssertBooks(queue, ran: 0, abandoned: 4);
    }

    [Fact]
    public void Arrive_LeftBeforeWithWeightAndKey_TakesWhatIsFree()
    {
        using var queue = new JobQueue(Settings(workers: 4), _time);
        queue.Update(o => (o.PartitionByKey, o.MaxWorkersPerKey) = (true, 3));

        var state = new JobTraits { Key = "a", Weight = 3 }.JobState;
        Assert.Null(queue.Arrive(state, mayWait: true, out var admission, hasLeft: true));
        AssertAbandoned(queue, new JobTraits { Key = "a" });

        Assert.Equal((1, 3), (queue.GetSnapshot().Running, queue.GetSnapshot().WorkersInUse));
        queue.Release(admission.Held);
        AssertBooks(queue, ran: 1, abandoned: 1);
    }

    [Fact]
    public void Arrive_LeftBeforeInDryRun_IsLetThrough()
    {
        using var queue = new JobQueue(Settings(capacity: 0), _time);
        queue.Update(o => o.DryRun = true);
        var holder = queue.TryEnter();

        queue.Arrive(jobState: null, mayWait: true, out var admission, hasLeft: true);

        Assert.True(admission.IsAdmitted);
        queue.Release(admission.Held);
        holder.Dispose();
        AssertBooks(queue, ran: 2, abandoned: 0);
    }

    private static void AssertAbandoned(JobQueue queue, in JobTraits traits)
    {
        Assert.Null(queue.Arrive(traits.JobState, mayWait: true, out var admission, hasLeft: true));
        Assert.Equal((AdmissionStatus.Abandoned, 0L), (admission.Status, admission.WaitedTimestampTicks));
        Assert.False(admission.IsAdmitted);
    }

    private static void AssertBooks(JobQueue queue, long ran, long abandoned)
    {
        var snapshot = queue.GetSnapshot();
        Assert.Equal(
            (0, 0, ran, 0L, abandoned, ran + abandoned),
            (
                snapshot.Running,
                snapshot.Waiting,
                snapshot.Ran,
                snapshot.Rejected,
                snapshot.Abandoned,
                snapshot.Arrived));
    }
}

using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Results;

public sealed class SnapshotTests
{
    [Fact]
    public void Snapshot_OfANewQueue_IsEmpty()
    {
        using var queue = new JobQueue(new(), name: "checkout");

        var snapshot = queue.GetSnapshot();

        Assert.Equal("checkout", snapshot.Name);
        Assert.Equal(JobQueueState.Running, snapshot.State);
        Assert.Equal([0], snapshot.WaitingByPartition);
        Assert.Equal(TimeSpan.Zero, snapshot.LongestWait);
        Assert.Empty(snapshot.RejectedByReason);
        Assert.Equal(0, snapshot.Arrived);
    }

    [Fact]
    public void Snapshot_AfterEveryOutcome_AddsUp()
    {
        var time = new FakeTimeProvider();
        using var queue = new JobQueue(
            Settings(workers: 2, partitions: 2, capacity: 2, maxWait: TimeSpan.FromSeconds(1)), time);
        var holders = queue.TakeAllWorkers();
        using var canceller = new CancellationTokenSource();
        queue.Park();
        queue.Park(canceller.Token);
        canceller.Cancel();
        time.Advance(TimeSpan.FromSeconds(1));
        queue.ParkMany(4);
        queue.EnterAsync().Refused();
        queue.TryEnter();
        holders[0].Dispose();
        holders[1].Dispose();

        var snapshot = queue.GetSnapshot();

        Assert.Equal(
            (2, 2, 2L, 1L, 3L),
            (snapshot.Running, snapshot.Waiting, snapshot.Ran, snapshot.Abandoned, snapshot.Rejected));
        Assert.Equal(
            (2L, 1L),
            (snapshot.RejectedByReason[RejectionReason.QueueFull],
                snapshot.RejectedByReason[RejectionReason.WaitTimeout]));
        Assert.Equal(2, snapshot.WaitingByPartition.Sum());
        Assert.Equal(10, snapshot.Arrived);
    }

    [Fact]
    public void LongestWait_IsThatOfTheOldestWaiter()
    {
        var time = new FakeTimeProvider();
        using var queue = new JobQueue(Settings(partitions: 3), time);
        var holder = queue.TakeAllWorkers().Single();
        queue.Park();
        time.Advance(TimeSpan.FromSeconds(2));
        queue.Park();
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(5), queue.GetSnapshot().LongestWait);

        holder.Dispose();

        Assert.Equal(TimeSpan.FromSeconds(3), queue.GetSnapshot().LongestWait);
    }

    [Fact]
    public void Snapshot_KeptByItsReader_StaysAsItWas()
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        queue.Park();

        var kept = queue.GetSnapshot();
        queue.Dispose();

        Assert.Equal((1, 1, 0L), (kept.Waiting, kept.WaitingByPartition[0], kept.Rejected));
        Assert.Empty(kept.RejectedByReason);
    }
}

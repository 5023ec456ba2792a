using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.DryRun;

public sealed class DryRunTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Enter_WithNoFreeWorker_IsLetThroughAndCountedAsWouldHaveWaited()
    {
        using var queue = NewQueue(workers: 1, capacity: 2);

        var leases = EnterMany(queue, 3);

        var snapshot = queue.GetSnapshot();
        Assert.Equal((3, 0, 3L, 0L), (snapshot.Running, snapshot.Waiting, snapshot.Arrived, snapshot.Rejected));
        Assert.Equal(2, snapshot.WouldHaveWaited);
        Assert.Empty(snapshot.WouldHaveRejectedByReason);
        Release(leases);
        Assert.Equal((0, 3L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public void Enter_WithNoPlaceEither_IsLetThroughAndCountedWithItsReason()
    {
        using var queue = NewQueue(workers: 1, capacity: 2);

        var leases = EnterMany(queue, 7);

        var snapshot = queue.GetSnapshot();
        Assert.Equal(
            (7, 2L, 4L),
            (
                snapshot.Running,
                snapshot.WouldHaveWaited,
                snapshot.WouldHaveRejectedByReason[RejectionReason.QueueFull]));
        Release(leases);
        Assert.Equal((7L, 0L), (queue.GetSnapshot().Ran, queue.GetSnapshot().Rejected));
    }

    [Fact]
    public void TryEnter_WithNoFreeWorker_IsLetThroughAndWouldHaveBeenRefused()
    {
        using var queue = NewQueue(workers: 1, capacity: 2);
        using var first = queue.TryEnter();

        using var second = queue.TryEnter();

        Assert.True(second.IsAdmitted);
        Assert.Equal(
            (0L, 1L),
            (queue.GetSnapshot().WouldHaveWaited,
                queue.GetSnapshot().WouldHaveRejectedByReason[RejectionReason.QueueFull]));
    }

    [Fact]
    public void Enter_WithoutPlaces_WouldHaveBeenRefused()
    {
        using var queue = NewQueue(workers: 1, capacity: 2, maxWait: TimeSpan.Zero);
        using var first = queue.TryEnter();

        using var second = queue.EnterAsync().Admitted();

        Assert.Equal(1, queue.GetSnapshot().WouldHaveRejectedByReason[RejectionReason.WaitTimeout]);
    }

    [Fact]
    public void Enter_BehindALineThatTakesTooLong_WouldHaveTimedOut()
    {
        using var queue = NewQueue(workers: 1, capacity: 100, maxWait: TimeSpan.FromSeconds(3));
        RunForASecond(queue);
        using var holder = queue.TryEnter();

        var leases = EnterMany(queue, 5);

        Assert.Equal(
            (3L, 2L),
            (queue.GetSnapshot().WouldHaveWaited,
                queue.GetSnapshot().WouldHaveRejectedByReason[RejectionReason.WaitTimeout]));
        Release(leases);
    }

    [Fact]
    public void Enter_WithADeadlineThatTheLineWouldMiss_WouldHaveBeenRefusedForThat()
    {
        using var queue = NewQueue(workers: 1, capacity: 100);
        RunForASecond(queue);
        using var holder = queue.TryEnter();

        using var lease = queue.EnterAsync(new JobTraits { Deadline = TimeSpan.FromSeconds(0.5) }).Admitted();

        Assert.Equal(1, queue.GetSnapshot().WouldHaveRejectedByReason[RejectionReason.DeadlineTooClose]);
    }

    [Fact]
    public void Line_ThatWouldHaveBeen_EmptiesWithTime()
    {
        using var queue = NewQueue(workers: 1, capacity: 2);
        RunForASecond(queue);
        var leases = EnterMany(queue, 3);
        _time.Advance(TimeSpan.FromSeconds(1));
        Release(leases);
        _time.Advance(TimeSpan.FromSeconds(3));

        using var later = queue.EnterAsync().Admitted();

        Assert.Equal(2, queue.GetSnapshot().WouldHaveWaited);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Enter_WhilePausedOrDraining_IsLetThrough(bool paused)
    {
        using var queue = NewQueue(workers: 4, capacity: 2);
        if (paused)
            queue.Pause();
        else
            _ = queue.DrainAsync(TestContext.Current.CancellationToken);

        using var lease = queue.EnterAsync().Admitted();

        var snapshot = queue.GetSnapshot();
        Assert.Equal(paused ? 1 : 0, snapshot.WouldHaveWaited);
        Assert.Equal(paused ? 0 : 1, snapshot.WouldHaveRejectedByReason.GetValueOrDefault(RejectionReason.Draining));
    }

    [Fact]
    public void SwitchedOn_WhileSomeWait_LetsThemThrough()
    {
        using var queue = new JobQueue(Settings(workers: 1, capacity: 5), _time);
        using var holder = queue.TryEnter();
        var waiting = queue.ParkMany(3);

        queue.Update(o => o.DryRun = true);

        Assert.Equal(4, queue.GetSnapshot().Running);
        foreach (var entering in waiting)
            entering.Admitted().Dispose();
        Assert.Equal((1, 3L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public void SwitchedOff_WhileMoreRunThanWorkers_IsAShrink()
    {
        using var queue = NewQueue(workers: 1, capacity: 5);
        var leases = EnterMany(queue, 3);

        queue.Update(o => o.DryRun = false);

        Assert.Equal(3, queue.GetSnapshot().Running);
        var waiting = queue.Park();
        leases[0].Dispose();
        leases[1].Dispose();
        Assert.False(waiting.IsCompleted);
        leases[2].Dispose();
        waiting.Admitted().Dispose();
        Assert.Equal((0, 4L, 4L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran, queue.GetSnapshot().Arrived));
        Assert.True(queue.TryEnter().IsAdmitted);
    }

    [Fact]
    public void Weight_InDryRun_TakesAndGivesBackThatManyWorkers()
    {
        using var queue = NewQueue(workers: 3, capacity: 5);
        var heavy = queue.EnterAsync(new JobTraits { Weight = 2 }).Admitted();
        var second = queue.EnterAsync(new JobTraits { Weight = 2 }).Admitted();
        Assert.Equal(1, queue.GetSnapshot().WouldHaveWaited);

        heavy.Dispose();
        second.Dispose();
        queue.Update(o => o.DryRun = false);

        Assert.Equal(3, Enumerable.Range(0, 4).Count(_ => queue.TryEnter().IsAdmitted));
    }

    [Fact]
    public void Key_InDryRun_IsNoLimit()
    {
        using var queue = new JobQueue(
            new JobQueueOptions { Workers = 4, PartitionByKey = true, MaxWorkersPerKey = 1, DryRun = true }, _time);

        var leases =
            Enumerable.Range(0, 3).Select(_ => queue.EnterAsync(new JobTraits { Key = "a" }).Admitted()).ToArray();

        Assert.Equal(3, queue.GetSnapshot().Running);
        Release(leases);
        queue.Update(o => o.DryRun = false);
        using var one = queue.EnterAsync(new JobTraits { Key = "a" }).Admitted();
        Assert.False(queue.EnterAsync(new JobTraits { Key = "a" }).IsCompleted);
    }

    [Fact]
    public async Task Drain_InDryRun_EndsWhenNoJobRuns()
    {
        using var queue = NewQueue(workers: 1, capacity: 1);
        var leases = EnterMany(queue, 2);
        var drained = queue.DrainAsync(TestContext.Current.CancellationToken);

        Release(leases);

        await drained;
    }

    private JobQueue NewQueue(int workers, int capacity, TimeSpan? maxWait = null)
    {
        var settings = Settings(workers, capacity: capacity, maxWait: maxWait);
        settings.DryRun = true;
        return new JobQueue(settings, _time);
    }

    private void RunForASecond(JobQueue queue)
    {
        using var lease = queue.TryEnter();
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    private static QueueLease[] EnterMany(JobQueue queue, int count) =>
        Enumerable.Range(0, count).Select(_ => queue.EnterAsync().Admitted()).ToArray();

    private static void Release(QueueLease[] leases)
    {
        foreach (var lease in leases)
            lease.Dispose();
    }

    [Fact]
    public void SwitchedOn_WhileMoreWaitThanTheWordCanCount_LetsThroughWhatFitsAndKeepsTheBooks()
    {
        const int waiting = 140_000;
        using var queue = new JobQueue(Staging.Settings(capacity: waiting));
        queue.TakeAllWorkers();
        for (var i = 0; i < waiting; i++)
            _ = queue.EnterAsync(TestContext.Current.CancellationToken);

        queue.Update(settings => settings.DryRun = true);

        var books = queue.GetSnapshot();
        Assert.InRange(books.Running, JobQueueOptions.WorkersLimit, 1 << 17);
        Assert.Equal(waiting + 1L, books.Running + books.Waiting);
        queue.Update(settings => (settings.DryRun, settings.Workers) = (false, 2));
        Assert.Equal(books.Running, queue.GetSnapshot().Running);
    }
}

using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Background;

public sealed class BackgroundTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Job_WhereAWorkerIsFree_HasIt()
    {
        using var queue = new JobQueue(Settings());

        using var lease = Background(queue).Admitted();

        Assert.Equal(
            (1, 1, 1L),
            (queue.GetSnapshot().Running, queue.GetSnapshot().BackgroundRunning, queue.GetSnapshot().Arrived));
    }

    [Fact]
    public void Job_WhileItWaits_NeedsNoPlaceAndHasNotArrived()
    {
        using var queue = new JobQueue(Settings(capacity: 0, maxWait: TimeSpan.Zero));
        queue.TakeAllWorkers();

        var entering = Background(queue);

        Assert.False(entering.IsCompleted);
        var seen = queue.GetSnapshot();
        Assert.Equal((1L, 0, 1, 0L), (seen.Arrived, seen.Waiting, seen.BackgroundWaiting, seen.Rejected));
    }

    [Fact]
    public void Jobs_WaitLongerThanMaxWait_InTheOrderOfArrival()
    {
        using var queue = new JobQueue(Settings(maxWait: TimeSpan.FromMilliseconds(10)), _time);
        var busy = queue.TakeAllWorkers();
        var (first, second) = (Background(queue), Background(queue));
        _time.Advance(TimeSpan.FromHours(1));

        busy[0].Dispose();

        Assert.False(second.IsCompleted);
        first.Admitted().Dispose();
        second.Admitted();
    }

    [Fact]
    public void LiveJob_WhileABackgroundJobWaits_GoesFirst()
    {
        using var queue = new JobQueue(Settings());
        var busy = queue.TakeAllWorkers();
        var (background, live) = (Background(queue), queue.EnterAsync());

        busy[0].Dispose();

        Assert.False(background.IsCompleted);
        live.Admitted().Dispose();
        background.Admitted();
    }

    [Fact]
    public void LiveJob_AfterAPause_GoesFirst()
    {
        using var queue = new JobQueue(Settings());
        queue.Pause();
        var (background, live) = (Background(queue), queue.EnterAsync());

        queue.Resume();

        live.Admitted();
        Assert.False(background.IsCompleted);
    }

    [Fact]
    public void LiveJob_WhileAHeavyBackgroundJobWaits_TakesAFreeWorker()
    {
        using var queue = new JobQueue(Settings(workers: 3));
        queue.TakeAllWorkers()[0].Dispose();
        var heavy = Background(queue, weight: 2);

        Assert.True(queue.TryEnter().IsAdmitted);
        Assert.False(heavy.IsCompleted);
    }

    [Fact]
    public void HeavyJob_ThatIsDue_HasWorkersSavedForIt()
    {
        using var queue = new JobQueue(Settings(workers: 2), _time);
        var busy = queue.TakeAllWorkers();
        var live = queue.EnterAsync();
        var heavy = Background(queue, minShare: 0.5, weight: 2);
        _time.Advance(TimeSpan.FromSeconds(1));

        busy[0].Dispose();
        Assert.False(live.IsCompleted);
        Assert.False(queue.TryEnter().IsAdmitted);

        busy[1].Dispose();
        using var lease = heavy.Admitted();
        Assert.Equal((2, 1), (queue.GetSnapshot().WorkersInUse, queue.GetSnapshot().Running));
    }

    [Fact]
    public void HeavyLiveJob_ForWhichWorkersAreSaved_LosesNoneToTheBackground()
    {
        using var queue = new JobQueue(Settings(workers: 2));
        var busy = queue.TakeAllWorkers();
        var live = queue.EnterAsync(new JobTraits { Weight = 2 });
        var background = Background(queue);

        busy[0].Dispose();
        Assert.False(background.IsCompleted);

        busy[1].Dispose();
        live.Admitted();
    }

    [Fact]
    public void Job_BesideLiveJobsOfAKeyAtItsLimit_HasTheFreeWorker()
    {
        var settings = Settings(workers: 2);
        settings.MaxWorkersPerKey = 1;
        using var queue = new JobQueue(settings);
        var key = new JobTraits { Key = "a" };
        queue.TryEnter(key);
        var live = queue.EnterAsync(key);

        using var lease = Background(queue, key: "a").Admitted();

        Assert.False(live.IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Job_OfAKey_CountsForNoKey(bool partitionByKey)
    {
        var settings = Settings(workers: 3);
        settings.PartitionByKey = partitionByKey;
        settings.MaxWorkersPerKey = 1;
        if (partitionByKey)
            settings.KeyShares = new Dictionary<string, int> { ["a"] = 3 };
        using var queue = new JobQueue(settings);
        var (first, second) = (Background(queue, key: "a").Admitted(), Background(queue, key: "a").Admitted());

        Assert.True(queue.TryEnter(new JobTraits { Key = "a" }).IsAdmitted);

        first.Dispose();
        second.Dispose();
        Assert.Equal((1, 2L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public void Job_HeavierThanTheLimit_TakesAllWorkersThereAre()
    {
        using var queue = new JobQueue(Settings(workers: 2));

        using var lease = Background(queue, weight: 5).Admitted();

        Assert.Equal(2, queue.GetSnapshot().WorkersInUse);
    }

    [Fact]
    public void HeavyJob_WhileACapWithAnEndLeavesLess_LeavesTheWorkersToLiveJobs()
    {
        using var queue = new JobQueue(Settings(workers: 4), _time);
        var busy = queue.TakeAllWorkers();
        var live = queue.EnterAsync();
        var heavy = Background(queue, minShare: 1, weight: 4);
        _time.Advance(TimeSpan.FromSeconds(1));
        queue.SetWorkerCap("lease", 1, WorkerCapEnd(TimeSpan.FromSeconds(10)));

        Array.ForEach(busy, lease => lease.Dispose());

        live.Admitted().Dispose();
        Assert.False(heavy.IsCompleted);
        queue.RemoveWorkerCap("lease");
        heavy.Admitted();
    }

    [Fact]
    public void Job_AfterTheEndOfACap_StartsOnWhatHoldsThen()
    {
        using var queue = new JobQueue(Settings(workers: 2), _time);
        queue.SetWorkerCap("lease", 1, WorkerCapEnd(TimeSpan.FromSeconds(10)));
        var running = Background(queue).Admitted();
        var waiting = Background(queue);
        _time.Advance(TimeSpan.FromSeconds(10));

        running.Dispose();

        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public void Job_WhileTheQueueIsPaused_Waits()
    {
        using var queue = new JobQueue(Settings());
        queue.Pause();
        var entering = Background(queue);
        Assert.False(entering.IsCompleted);

        queue.Resume();

        entering.Admitted();
    }

    [Fact]
    public void Job_WhileTheLimitIsZero_Waits()
    {
        using var queue = new JobQueue(Settings());
        queue.SetWorkerCap("lease", 0);
        var entering = Background(queue, minShare: 1);
        Assert.False(entering.IsCompleted);

        queue.SetWorkerCap("lease", 1);

        entering.Admitted();
    }

    [Fact]
    public void MoreWorkers_GoToTheBackground_WhereNoLiveJobWaits()
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        var entering = Background(queue);

        queue.Update(o => o.Workers = 2);

        entering.Admitted();
    }

    [Fact]
    public void Job_WhereTheLastLiveJobIsRefusedInASectionOfItsOwn_HasTheFreeWorker()
    {
        using var queue = new JobQueue(Settings());
        queue.RefuseInSectionsOf(1);
        queue.TakeAllWorkers();
        var live = queue.EnterAsync();
        var background = Background(queue);

        queue.Update(o => (o.Workers, o.MaxWait) = (2, TimeSpan.Zero));

        Assert.Equal(RejectionReason.WaitTimeout, live.Refused());
        background.Admitted();
    }

    [Fact]
    public void Lease_OfABackgroundJob_KnowsTheLeaseOfTheQueue()
    {
        using var queue = new JobQueue(Settings());
        using var lost = new CancellationTokenSource();
        queue.Lease = new SharedLease(lost.Token, FencingToken: 7);

        using var lease = Background(queue).Admitted();

        Assert.Equal((lost.Token, 7L), (lease.LeaseLost, lease.FencingToken));
    }

    [Fact]
    public void Demand_OfWaitingJobs_AsksForWorkers()
    {
        using var queue = new JobQueue(Settings());
        queue.SetWorkerCap("lease", 0);
        var told = 0;
        queue.JobWaiting += _ => told++;
        Background(queue, weight: 1);
        Background(queue);

        Assert.Equal(new QueueDemand(0, 0, 0, 2, TimeSpan.Zero, 1), queue.ReadDemand());
        Assert.Equal(2, told);
        queue.Pause();
        Assert.Equal((0, 0), (queue.ReadDemand().WorkersWanted, queue.ReadDemand().HeaviestWaiter));
    }

    [Fact]
    public void DryRun_LetsLiveJobsThrough_AndBackgroundJobsWaitForAFreeWorker()
    {
        var settings = Settings();
        settings.DryRun = true;
        using var queue = new JobQueue(settings, _time);
        var (one, two) = (queue.TryEnter(), queue.TryEnter());
        var background = Background(queue);
        Assert.True(queue.TryEnter().IsAdmitted);
        one.Dispose();
        two.Dispose();
        Assert.False(background.IsCompleted);

        queue.Update(o => o.Workers = 2);

        background.Admitted();
    }

    [Fact]
    public void DryRun_InARush_GivesTheBackgroundItsShare()
    {
        var settings = Settings();
        settings.DryRun = true;
        using var queue = new JobQueue(settings, _time);
        var (one, _) = (queue.TryEnter(), queue.TryEnter());
        var background = Background(queue, minShare: 0.5);
        _time.Advance(TimeSpan.FromSeconds(1));

        one.Dispose();

        background.Admitted();
    }

    [Fact]
    public void ExpectedWait_IsThatOfLiveJobs()
    {
        using var queue = new JobQueue(Settings(workers: 2), _time);
        var busy = queue.TakeAllWorkers();
        var live = queue.ParkMany(9);
        var background = Enumerable.Range(0, 9).Select(_ => Background(queue, minShare: 0.5)).ToList();
        // In each second, one live job and one background job end.
        QueueLease[] running = [busy[0], busy[1]];
        for (var second = 0; second < 8; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Array.ForEach(running, lease => lease.Dispose());
            running = [live[second].Admitted(), background[second].Admitted()];
        }

        Assert.Equal(2, queue.GetSnapshot().ExpectedWait!.Value.TotalSeconds, tolerance: 0.5);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Share_OutOfRange_Throws(double minShare)
    {
        using var queue = new JobQueue(Settings());

        Assert.Throws<ArgumentOutOfRangeException>("minShare", () => Background(queue, minShare));
    }

    private WorkerCapEnd WorkerCapEnd(TimeSpan left) =>
        new(_time.GetTimestamp() + left.Ticks, _time.GetUtcNow() + left, 0);

    internal static ValueTask<QueueLease> Background(
        JobQueue queue, double minShare = 0, int weight = 1, string? key = null, CancellationToken token = default) =>
        queue.EnterBackgroundAsync(new JobTraits { Weight = weight, Key = key }, minShare, token);
}

using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Engine;

/// <summary>
/// Verifies that a cap with an end is evaluated at every admission, on both the monotonic clock and the wall clock.
/// </summary>
public sealed class WorkerCapEndTests
{
    private readonly SleepingTime _time = new();

    [Fact]
    public void TryEnter_BeforeTheEnd_GetsAWorker()
    {
        using var queue = NewQueue();
        queue.SetWorkerCap("lease", 2, EndIn(3));

        Assert.True(queue.TryEnter().IsAdmitted);
        Assert.True(queue.TryEnter().IsAdmitted);
        Assert.False(queue.TryEnter().IsAdmitted);
    }

    [Fact]
    public void TryEnter_AfterTheEnd_MeetsTheNumberAfterwards()
    {
        using var queue = NewQueue();
        queue.SetWorkerCap("lease", 4, EndIn(3, afterwards: 1));
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.True(queue.TryEnter().IsAdmitted);
        Assert.False(queue.TryEnter().IsAdmitted);
        Assert.Equal(1, queue.GetSnapshot().Workers);
    }

    [Fact]
    public void TryEnter_AfterTheMachineSlept_IsRefusedByTheWallClock()
    {
        using var queue = NewQueue();
        queue.SetWorkerCap("lease", 4, EndIn(3));
        _time.Sleep(TimeSpan.FromSeconds(60));

        Assert.False(queue.TryEnter().IsAdmitted);
    }

    [Fact]
    public async Task Waiter_WorkerIsFreedAfterTheEnd_IsNotStarted()
    {
        using var queue = NewQueue();
        queue.SetWorkerCap("lease", 1, EndIn(3));
        var lease = queue.TryEnter();
        var waiting = queue.EnterAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(4));

        lease.Dispose();

        Assert.False(waiting.IsCompleted);
        queue.SetWorkerCap("lease", 1, EndIn(3));
        Assert.True((await waiting).IsAdmitted);
    }

    [Fact]
    public void Newcomer_WaitsAndTheEndHasCome_IsNotStarted()
    {
        using var queue = NewQueue();
        queue.SetWorkerCap("lease", 1, EndIn(3));
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.False(queue.EnterAsync(TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public async Task HeavyJob_CapLeavesLess_WaitsForItsWholeWeight()
    {
        using var queue = NewQueue();
        queue.SetWorkerCap("lease", 2, EndIn(3));
        var heavy = queue.EnterAsync(new JobTraits { Weight = 4 }, TestContext.Current.CancellationToken);
        Assert.False(heavy.IsCompleted);

        queue.SetWorkerCap("lease", 4, EndIn(3));

        Assert.True((await heavy).IsAdmitted);
        Assert.Equal(4, queue.GetSnapshot().WorkersInUse);
    }

    [Fact]
    public void RemoveWorkerCap_CapHasAnEnd_LeavesTheSettings()
    {
        using var queue = NewQueue();
        queue.SetWorkerCap("lease", 0, EndIn(3));
        queue.RemoveWorkerCap("lease");
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.True(queue.TryEnter().IsAdmitted);
        Assert.Equal(16, queue.GetSnapshot().Workers);
    }

    [Fact]
    public void Lease_IsGivenAndEnded_AllocatesNothing()
    {
        using var queue = new JobQueue(new JobQueueOptions());
        queue.SetWorkerCap("lease", 4, new WorkerCapEnd(long.MaxValue, DateTimeOffset.MaxValue, 0));
        for (var i = 0; i < 100; i++)
        {
            queue.TryEnter().Dispose();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            queue.TryEnter().Dispose();
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void JobWaiting_NoWorkerIsFree_IsRaisedAndDemandIsRead()
    {
        using var queue = NewQueue();
        queue.SetWorkerCap("lease", 1, EndIn(3));
        var raised = 0;
        queue.JobWaiting += _ => raised++;
        queue.JobWaiting += _ => throw new InvalidOperationException("of foreign code");

        queue.TryEnter();
        Assert.Equal(0, raised);
        _ = queue.EnterAsync(new JobTraits { Weight = 3 }, TestContext.Current.CancellationToken);
        _ = queue.EnterAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, raised);
        Assert.Equal(new QueueDemand(1, 1, 2, 4, TimeSpan.FromSeconds(1), 3), queue.ReadDemand());
    }

    private JobQueue NewQueue() => new(new JobQueueOptions(), _time);

    private WorkerCapEnd EndIn(int seconds, int afterwards = 0) =>
        new(
            _time.GetTimestamp() + (seconds * _time.TimestampFrequency),
            _time.GetUtcNow().AddSeconds(seconds),
            afterwards);

    /// <summary>A clock whose timestamps stand still while the machine sleeps, as those of .NET do.</summary>
    private sealed class SleepingTime : FakeTimeProvider
    {
        private long _slept;

        public void Sleep(TimeSpan time)
        {
            _slept += (long)(time.TotalSeconds * TimestampFrequency);
            Advance(time);
        }

        public override long GetTimestamp() => base.GetTimestamp() - _slept;
    }
}

using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Accounts;

/// <summary>
/// Verifies that a queue without waiters is completely idle: no timer is armed, and the clock is not read.
/// </summary>
public sealed class IdleTests
{
    private readonly CountingTimeProvider _time = new();

    private JobQueue NewQueue() => new(Settings(maxWait: TimeSpan.FromSeconds(10)), _time);

    [Fact]
    public void Queue_WithoutAnyWaiterSoFar_HasNoTimerAndAskedForNoTime()
    {
        using var queue = NewQueue();

        for (var i = 0; i < 100; i++)
            queue.EnterAsync().Admitted().Dispose();

        Assert.Equal((0, 0), (_time.TimersMade, _time.Timestamps));
    }

    [Fact]
    public void Queue_WhileAJobWaits_HasOneTimerArmed()
    {
        using var queue = NewQueue();
        queue.TakeAllWorkers();

        queue.ParkMany(5);

        Assert.Equal((1, 1), (_time.TimersMade, _time.TimersArmed));
    }

    [Fact]
    public void Queue_AfterTheLastWaiterWasAdmitted_HasNoTimerArmed()
    {
        using var queue = NewQueue();
        var holder = queue.TakeAllWorkers().Single();
        queue.Park();

        holder.Dispose();

        Assert.Equal(0, _time.TimersArmed);
    }

    [Fact]
    public void Queue_AfterTheLastWaiterLeft_HasNoTimerArmed()
    {
        using var queue = NewQueue();
        queue.TakeAllWorkers();
        using var canceller = new CancellationTokenSource();
        queue.Park(canceller.Token);

        canceller.Cancel();

        Assert.Equal(0, _time.TimersArmed);
    }

    [Fact]
    public void Queue_AfterTheLastWaiterTimedOut_HasNoTimerArmed()
    {
        using var queue = NewQueue();
        queue.TakeAllWorkers();
        queue.Park();

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, _time.TimersArmed);
    }

    [Fact]
    public void Queue_WithWaitersAndNoLimit_HasNoTimer()
    {
        using var queue = new JobQueue(Settings(maxWait: Timeout.InfiniteTimeSpan), _time);
        queue.TakeAllWorkers();

        queue.ParkMany(5);

        Assert.Equal(0, _time.TimersMade);
    }

    [Fact]
    public void Queue_PausedOrDrainedOrDisposedWithoutWaiters_HasNoTimerArmed()
    {
        using var queue = NewQueue();
        queue.TakeAllWorkers();
        queue.Park();

        queue.Pause();
        _ = queue.DrainAsync(rejectWaiting: true);
        Assert.Equal(0, _time.TimersArmed);

        queue.Dispose();
        Assert.Equal(0, _time.TimersArmed);
    }
}

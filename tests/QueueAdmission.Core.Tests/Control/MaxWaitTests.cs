using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Control;

public sealed class MaxWaitTests
{
    private readonly CountingTimeProvider _time = new();

    private JobQueue NewQueue(int milliseconds, int capacity = 10) =>
        new(Settings(capacity: capacity, maxWait: TimeSpan.FromMilliseconds(milliseconds)), _time);

    private void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    [Fact]
    public void Waiter_AtItsLimit_IsRefusedAndFreesItsPlace()
    {
        using var queue = NewQueue(10, capacity: 1);
        queue.TakeAllWorkers();
        var waiter = queue.Park();

        Pass(9);
        Assert.False(waiter.IsCompleted);
        Pass(1);

        Assert.Equal(RejectionReason.WaitTimeout, waiter.Refused());
        Assert.Equal(1, queue.GetSnapshot().RejectedByReason[RejectionReason.WaitTimeout]);
        queue.Park();
    }

    [Fact]
    public void Waiters_ThatCameOneAfterTheOther_AreRefusedEachAtItsOwnTime()
    {
        using var queue = NewQueue(10);
        queue.TakeAllWorkers();
        var first = queue.Park();
        Pass(4);
        var second = queue.Park();

        Pass(6);
        Assert.Equal(RejectionReason.WaitTimeout, first.Refused());
        Assert.False(second.IsCompleted);

        Pass(4);
        Assert.Equal(RejectionReason.WaitTimeout, second.Refused());
    }

    [Fact]
    public void Waiter_WithAFractionOfAMillisecondLeft_IsRefusedWithinTheNext()
    {
        using var queue = new JobQueue(Settings(maxWait: TimeSpan.FromMicroseconds(1_500)), _time);
        queue.TakeAllWorkers();
        var waiter = queue.Park();

        Pass(2);

        Assert.Equal(RejectionReason.WaitTimeout, waiter.Refused());
    }

    [Fact]
    public void Waiter_HandedAWorkerInTime_KeepsItPastTheLimit()
    {
        using var queue = NewQueue(10);
        var holder = queue.TakeAllWorkers().Single();
        var waiter = queue.Park();
        Pass(9);
        holder.Dispose();

        Pass(10);

        waiter.Admitted();
        Assert.Equal(1, queue.GetSnapshot().Running);
    }

    [Fact]
    public void Waiter_WhoseTimeIsOverWhenAWorkerIsFreed_IsNotAdmitted()
    {
        using var queue = NewQueue(10);
        var holder = queue.TakeAllWorkers().Single();
        var late = queue.Park();
        // The time passes after the release and before the queue reads the clock. Therefore no timer has refused the
        // waiter yet.
        _time.Meanwhile = () => _time.Advance(TimeSpan.FromMilliseconds(10));

        holder.Dispose();

        Assert.Equal(RejectionReason.WaitTimeout, late.Refused());
        queue.EnterAsync().Admitted();
    }

    [Fact]
    public void Change_ToAShorterLimit_CountsFromTheArrivalOfTheWaiters()
    {
        using var queue = NewQueue(100);
        queue.TakeAllWorkers();
        var old = queue.Park();
        Pass(20);
        var young = queue.Park();

        queue.Update(o => o.MaxWait = TimeSpan.FromMilliseconds(15));

        Assert.Equal(RejectionReason.WaitTimeout, old.Refused());
        Assert.False(young.IsCompleted);
        Pass(15);
        Assert.Equal(RejectionReason.WaitTimeout, young.Refused());
    }

    [Fact]
    public void Change_ToALongerLimit_AppliesToWaiters()
    {
        using var queue = NewQueue(10);
        queue.TakeAllWorkers();
        var waiter = queue.Park();

        queue.Update(o => o.MaxWait = TimeSpan.FromMilliseconds(30));

        Pass(29);
        Assert.False(waiter.IsCompleted);
        Pass(1);
        Assert.Equal(RejectionReason.WaitTimeout, waiter.Refused());
    }

    [Fact]
    public void Change_ToInfiniteAndBack_StopsAndRestartsTheWatch()
    {
        using var queue = NewQueue(10);
        queue.TakeAllWorkers();
        var waiter = queue.Park();

        queue.Update(o => o.MaxWait = Timeout.InfiniteTimeSpan);
        Assert.Equal(0, _time.TimersArmed);
        Pass(3_600_000);
        Assert.False(waiter.IsCompleted);

        queue.Update(o => o.MaxWait = TimeSpan.FromHours(1));
        Assert.Equal(RejectionReason.WaitTimeout, waiter.Refused());
    }

    [Fact]
    public void Change_ToZero_RefusesAllWaiters()
    {
        using var queue = NewQueue(10);
        queue.TakeAllWorkers();
        var waiter = queue.Park();

        queue.Update(o => o.MaxWait = TimeSpan.Zero);

        Assert.Equal(RejectionReason.WaitTimeout, waiter.Refused());
    }

    [Fact]
    public void Zero_WorkersBusy_RefusesNewcomersAtOnceAndAdmitsToFreeWorkers()
    {
        using var queue = NewQueue(0);

        queue.EnterAsync().Admitted();

        Assert.Equal(RejectionReason.WaitTimeout, queue.EnterAsync().Refused());
    }

    [Fact]
    public void Limit_WhilePaused_GoesOnCounting()
    {
        using var queue = NewQueue(10);
        queue.Pause();
        var waiter = queue.Park();

        Pass(10);

        Assert.Equal(RejectionReason.WaitTimeout, waiter.Refused());
    }

    [Fact]
    public void Clock_ThatFiresItsTimersWhileItIsAsked_DisturbsNoDecision()
    {
        using var queue = NewQueue(10);
        queue.TakeAllWorkers();
        using var canceller = new CancellationTokenSource();
        var expiring = queue.Park();
        var leaving = queue.Park(canceller.Token);
        _time.Meanwhile = () => _time.Advance(TimeSpan.FromMilliseconds(10));

        canceller.Cancel();

        Assert.True(leaving.IsCompleted);
        Assert.Equal(RejectionReason.WaitTimeout, expiring.Refused());
        Assert.Equal(
            (0, 1L, 1L), (queue.GetSnapshot().Waiting, queue.GetSnapshot().Abandoned, queue.GetSnapshot().Rejected));
    }

    [Fact]
    public void Clock_ThatFiresItsTimersWhileARefusalAsksIt_StillRefusesExpiredWaiters()
    {
        using var queue = NewQueue(10, capacity: 1);
        queue.TakeAllWorkers();
        var expiring = queue.Park();
        // Under continuous refusals, only one arrival in 64 reads the clock, and does so in the middle of its decision.
        for (var i = 0; i < 64; i++)
            Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync().Refused());
        _time.Meanwhile = () => _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync().Refused());

        Pass(1);

        Assert.Equal(RejectionReason.WaitTimeout, expiring.Refused());
    }
}

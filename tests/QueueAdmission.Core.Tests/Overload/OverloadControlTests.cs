using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Overload;

/// <summary>
/// Tests a queue with one worker, which the tests pass on. The target is 100 ms, and the interval is 300 ms.
/// </summary>
public sealed class OverloadControlTests : IDisposable
{
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private readonly CountingTimeProvider _time = new();
    private readonly JobQueue _queue;
    private QueueLease _running;

    public OverloadControlTests()
    {
        var settings = Settings(capacity: 100);
        (settings.OverloadControl, settings.OverloadTarget, settings.OverloadInterval) = (true, Target, Interval);
        _queue = new JobQueue(settings, _time);
        _running = _queue.TakeAllWorkers().Single();
    }

    [Fact]
    public void Queue_WhoseWaitsAreLongForAMoment_ServesTheOldest()
    {
        var waiters = _queue.ParkMany(3);

        Pass(Interval);
        HandOn(waiters[0]);
        HandOn(waiters[1]);

        Assert.Empty(waiters[2..].Answered());
    }

    [Fact]
    public void Queue_WhoseWaitsStayLong_ServesTheNewestAndShedsWaitersAtTheTarget()
    {
        var old = _queue.ParkMany(3);
        Pass(Interval);
        HandOn(old[0]);
        Pass(Interval - Target / 2);
        var young = _queue.ParkMany(2);
        Pass(Target / 2);

        HandOn(young[1]);

        Assert.All(old[1..], waiter => Assert.Equal(RejectionReason.Shed, waiter.Refused()));
        Assert.Empty(young[..1].Answered());
        Assert.Equal(2, _queue.GetSnapshot().RejectedByReason[RejectionReason.Shed]);
    }

    [Fact]
    public void StandingQueue_WhoseWorkersAreStuck_ShedsByItsTimer()
    {
        MakeItStand();
        var late = _queue.Park();

        Pass(Target / 2);
        Assert.False(late.IsCompleted);
        Pass(Target / 2);

        Assert.Equal(RejectionReason.Shed, late.Refused());
        Assert.Equal(0, _time.TimersArmed);
    }

    [Fact]
    public void StandingQueue_ThatHasCaughtUp_ServesTheOldestAgain()
    {
        MakeItStand();
        Pass(TimeSpan.FromSeconds(1));
        var first = _queue.Park();
        HandOn(first);
        Pass(Target);

        var waiters = _queue.ParkMany(2);
        HandOn(waiters[0]);

        Assert.False(waiters[1].IsCompleted);
    }

    [Fact]
    public void OverloadControl_SwitchedOffWhileTheQueueStands_ShedsNoMore()
    {
        MakeItStand();
        var waiters = _queue.ParkMany(2);

        _queue.Update(settings => settings.OverloadControl = false);
        Pass(TimeSpan.FromMinutes(1));

        HandOn(waiters[0]);
        Assert.False(waiters[1].IsCompleted);
    }

    public void Dispose() => _queue.Dispose();

    private void MakeItStand()
    {
        var old = _queue.ParkMany(3);
        Pass(Interval);
        HandOn(old[0]);
        Pass(Interval);
        _running.Dispose();
        Assert.All(old[1..], waiter => Assert.Equal(RejectionReason.Shed, waiter.Refused()));
        _running = _queue.TryEnter();
        Assert.True(_running.IsAdmitted);
    }

    private void Pass(TimeSpan time) => _time.Advance(time);

    private void HandOn(ValueTask<QueueLease> to)
    {
        _running.Dispose();
        _running = to.Admitted();
    }
}

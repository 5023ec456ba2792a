using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Control;

public sealed class DeadlineTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Waiter_WhoseDeadlineComesBeforeMaxWait_IsRefusedThen()
    {
        using var queue = new JobQueue(Settings(maxWait: TimeSpan.FromSeconds(10)), _time);
        var running = queue.TryEnter();
        var patient = queue.Park();
        var hurried = queue.EnterAsync(Within(2));
        var moreHurried = queue.EnterAsync(Within(1));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RejectionReason.WaitTimeout, moreHurried.Refused());
        Assert.False(hurried.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RejectionReason.WaitTimeout, hurried.Refused());

        running.Dispose();
        patient.Admitted();
    }

    [Fact]
    public void Waiter_WithALaterDeadline_WaitsNoLongerThanMaxWait()
    {
        using var queue = new JobQueue(Settings(maxWait: TimeSpan.FromSeconds(3)), _time);
        queue.TryEnter();
        var waiter = queue.EnterAsync(new JobTraits { Deadline = TimeSpan.MaxValue });

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(RejectionReason.WaitTimeout, waiter.Refused());
    }

    [Fact]
    public void Deadline_LongerThanATimerCanBear_IsKept()
    {
        using var queue = new JobQueue(Settings(), _time);
        queue.TryEnter();
        var waiter = queue.EnterAsync(new JobTraits { Deadline = TimeSpan.FromDays(100) });

        _time.Advance(TimeSpan.FromDays(99));
        Assert.False(waiter.IsCompleted);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(RejectionReason.WaitTimeout, waiter.Refused());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Job_WhoseDeadlineHasPassed_IsRefusedThoughAWorkerIsFree(int seconds)
    {
        using var queue = new JobQueue(Settings(), _time);

        Assert.Equal(RejectionReason.DeadlineTooClose, queue.EnterAsync(Within(seconds)).Refused());
    }

    [Fact]
    public void Job_ThatCannotMakeItByTheMeasuredRate_IsRefusedAtOnce()
    {
        using var queue = new JobQueue(Settings(), _time);
        var turns = new Turns(queue, _time);
        turns.ParkMany(10, "job", default);
        // Ten jobs per second.
        for (var i = 0; i < 5; i++)
            turns.Pass(milliseconds: 100);

        // Five jobs wait, so the expected wait is half a second.
        Assert.Equal(
            RejectionReason.DeadlineTooClose,
            queue.EnterAsync(new JobTraits { Deadline = TimeSpan.FromMilliseconds(400) }).Refused());
        Assert.False(queue.EnterAsync(new JobTraits { Deadline = TimeSpan.FromMilliseconds(600) }).IsCompleted);
    }

    private static JobTraits Within(int seconds) => new() { Deadline = TimeSpan.FromSeconds(seconds) };
}

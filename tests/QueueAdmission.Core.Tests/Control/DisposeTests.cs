using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Control;

public sealed class DisposeTests
{
    [Fact]
    public void Dispose_RefusesWaitersAndNewcomers()
    {
        var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        var waiter = queue.Park();

        queue.Dispose();

        Assert.Equal(RejectionReason.Draining, waiter.Refused());
        Assert.Equal(RejectionReason.Draining, queue.EnterAsync().Refused());
        Assert.Equal(RejectionReason.Draining, queue.TryEnter().Rejection?.Reason);
        Assert.Equal(JobQueueState.Disposed, queue.GetSnapshot().State);
    }

    [Fact]
    public void Dispose_WhileJobsRun_ReturnsAndLetsThemEnd()
    {
        var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();

        queue.Dispose();
        Assert.Equal(1, queue.GetSnapshot().Running);
        holder.Dispose();

        Assert.Equal((0, 1L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public void Dispose_WhileItDrains_LetsTheDrainComplete()
    {
        var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        queue.Park();
        var drained = queue.DrainAsync();

        queue.Dispose();
        Assert.False(drained.IsCompleted);
        holder.Dispose();

        Assert.True(drained.IsCompletedSuccessfully);
    }

    [Fact]
    public void Dispose_WhilePaused_RefusesWaiters()
    {
        var queue = new JobQueue(Settings());
        queue.Pause();
        var waiter = queue.Park();

        queue.Dispose();

        Assert.Equal(RejectionReason.Draining, waiter.Refused());
        Assert.Equal(0, queue.GetSnapshot().Running);
    }

    [Fact]
    public void Dispose_Twice_DoesNothing()
    {
        var queue = new JobQueue(Settings());
        queue.Dispose();

        queue.Dispose();

        Assert.Equal(0, queue.GetSnapshot().Arrived);
    }

    [Fact]
    public void Dispose_ThenSteer_Throws()
    {
        var queue = new JobQueue(Settings());
        queue.Dispose();

        Assert.Throws<ObjectDisposedException>(queue.Pause);
        Assert.Throws<ObjectDisposedException>(queue.Resume);
        Assert.Throws<ObjectDisposedException>(() => { _ = queue.DrainAsync(); });
        Assert.Throws<ObjectDisposedException>(() => queue.Update(o => o.Workers = 2));
    }

    [Fact]
    public void Dispose_WhoseTimerWasArmed_LeavesNoneBehind()
    {
        var time = new CountingTimeProvider();
        var queue = new JobQueue(Settings(maxWait: TimeSpan.FromSeconds(1)), time);
        queue.TakeAllWorkers();
        queue.Park();
        Assert.Equal(1, time.TimersArmed);

        queue.Dispose();
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(0, time.TimersArmed);
        Assert.False(queue.GetSnapshot().RejectedByReason.ContainsKey(RejectionReason.WaitTimeout));
    }
}

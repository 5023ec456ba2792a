using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Control;

public sealed class PauseTests
{
    [Fact]
    public void Pause_WorkersFree_MakesNewcomersWait()
    {
        using var queue = new JobQueue(Settings(workers: 2));
        queue.Pause();

        queue.Park();

        Assert.Equal(
            (JobQueueState.Paused, 0, 1),
            (queue.GetSnapshot().State, queue.GetSnapshot().Running, queue.GetSnapshot().Waiting));
    }

    [Fact]
    public void Pause_WhileJobsRun_LetsThemEndAndStartsNoJob()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var waiter = queue.Park();

        queue.Pause();
        holder.Dispose();

        Assert.False(waiter.IsCompleted);
        Assert.Equal((0, 1), (queue.GetSnapshot().Running, queue.GetSnapshot().Waiting));
    }

    [Fact]
    public void Pause_EveryPlaceTaken_RefusesNewcomers()
    {
        using var queue = new JobQueue(Settings(capacity: 1));
        queue.Pause();
        queue.Park();

        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync().Refused());
    }

    [Fact]
    public void Pause_Twice_IsUndoneByOneResume()
    {
        using var queue = new JobQueue(Settings());
        queue.Pause();
        queue.Pause();

        queue.Resume();

        queue.EnterAsync().Admitted();
    }

    [Fact]
    public void Resume_StartsAsManyAsThereAreWorkersInTheirOrder()
    {
        using var queue = new JobQueue(Settings(workers: 2));
        queue.Pause();
        var waiters = queue.ParkMany(3);

        queue.Resume();

        Assert.Equal([0, 1], waiters.Answered());
        Assert.Equal(JobQueueState.Running, queue.GetSnapshot().State);
    }

    [Fact]
    public void Resume_AfterMoreWorkersCameInThePause_StartsThemAll()
    {
        using var queue = new JobQueue(Settings());
        queue.Pause();
        var waiters = queue.ParkMany(3);
        queue.Update(o => o.Workers = 3);
        Assert.Empty(waiters.Answered());

        queue.Resume();

        Assert.Equal([0, 1, 2], waiters.Answered());
    }

    [Fact]
    public void Resume_OfAQueueThatRuns_ChangesNothing()
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        var waiter = queue.Park();

        queue.Resume();

        Assert.False(waiter.IsCompleted);
    }

    [Fact]
    public void Cancellation_WhilePaused_LeavesAtOnce()
    {
        using var queue = new JobQueue(Settings());
        queue.Pause();
        using var canceller = new CancellationTokenSource();
        var waiter = queue.Park(canceller.Token);

        canceller.Cancel();

        Assert.True(waiter.IsCompleted);
        Assert.Equal(0, queue.GetSnapshot().Waiting);
    }
}

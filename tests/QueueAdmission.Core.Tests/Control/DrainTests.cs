using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Control;

public sealed class DrainTests
{
    [Fact]
    public void Drain_OfAnIdleQueue_IsDoneAtOnce()
    {
        using var queue = new JobQueue(Settings());

        var drained = queue.DrainAsync();

        Assert.True(drained.IsCompletedSuccessfully);
        Assert.Equal(JobQueueState.Draining, queue.GetSnapshot().State);
    }

    [Fact]
    public void Drain_RefusesNewcomersByEveryEntrance()
    {
        using var queue = new JobQueue(Settings());
        _ = queue.DrainAsync();

        Assert.Equal(RejectionReason.Draining, queue.EnterAsync().Refused());
        Assert.Equal(RejectionReason.Draining, queue.TryEnter().Rejection?.Reason);
        Assert.Equal(2, queue.GetSnapshot().RejectedByReason[RejectionReason.Draining]);
    }

    [Fact]
    public void Drain_IsDoneWhenRunningAndWaitingJobsHaveEnded()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var waiter = queue.Park();
        var drained = queue.DrainAsync();

        holder.Dispose();
        Assert.False(drained.IsCompleted);

        waiter.Admitted().Dispose();
        Assert.True(drained.IsCompletedSuccessfully);
    }

    [Fact]
    public void Drain_RejectingWaiters_AwaitsOnlyRunningJobs()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var waiters = queue.ParkMany(2);

        var drained = queue.DrainAsync(rejectWaiting: true);

        Assert.All(waiters, waiter => Assert.Equal(RejectionReason.Draining, waiter.Refused()));
        Assert.False(drained.IsCompleted);
        holder.Dispose();
        Assert.True(drained.IsCompletedSuccessfully);
    }

    [Fact]
    public void Drain_LastWaiterLeaves_IsDone()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        using var canceller = new CancellationTokenSource();
        queue.Park(canceller.Token);
        var drained = queue.DrainAsync();
        queue.Pause();
        holder.Dispose();
        Assert.False(drained.IsCompleted);

        canceller.Cancel();

        Assert.True(drained.IsCompletedSuccessfully);
    }

    [Fact]
    public void Drain_OfAPausedQueue_LetsWaitersFinish()
    {
        using var queue = new JobQueue(Settings());
        queue.Pause();
        var waiter = queue.Park();

        var drained = queue.DrainAsync();

        waiter.Admitted().Dispose();
        Assert.True(drained.IsCompletedSuccessfully);
    }

    [Fact]
    public void Drain_Twice_CompletesBoth()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var one = queue.DrainAsync();
        var other = queue.DrainAsync(rejectWaiting: true);

        holder.Dispose();

        Assert.True(one.IsCompletedSuccessfully && other.IsCompletedSuccessfully);
    }

    [Fact]
    public void Drain_Resumed_EndsAsCancelledAndNewcomersComeInAgain()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var drained = queue.DrainAsync();

        queue.Resume();

        Assert.True(drained.IsCanceled);
        Assert.Equal(JobQueueState.Running, queue.GetSnapshot().State);
        var waiter = queue.Park();
        holder.Dispose();
        waiter.Admitted();
    }

    [Fact]
    public void Drain_ResumedWhenItWasDone_StaysDone()
    {
        using var queue = new JobQueue(Settings());
        var drained = queue.DrainAsync();

        queue.Resume();

        Assert.True(drained.IsCompletedSuccessfully);
        queue.EnterAsync().Admitted();
    }

    [Fact]
    public async Task Drain_AwaitingCancelled_GoesOnDraining()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        using var canceller = new CancellationTokenSource();
        var impatient = queue.DrainAsync(canceller.Token);
        var patient = queue.DrainAsync();

        canceller.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.Equal(JobQueueState.Draining, queue.GetSnapshot().State);
        holder.Dispose();
        Assert.True(patient.IsCompletedSuccessfully);
    }

    [Fact]
    public void Drain_JobsGivenBackOnTheFastPathBefore_AreCounted()
    {
        using var queue = new JobQueue(Settings(workers: 3));
        var holders = queue.TakeAllWorkers();
        holders[0].Dispose();
        var drained = queue.DrainAsync();

        holders[1].Dispose();
        Assert.False(drained.IsCompleted);

        holders[2].Dispose();
        Assert.True(drained.IsCompletedSuccessfully);
    }
}

using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Entrances;

public sealed class EnterTests
{
    [Fact]
    public void Enter_WorkerFree_IsAdmittedAtOnce()
    {
        using var queue = new JobQueue(Settings(workers: 2));

        queue.EnterAsync().Admitted();
        queue.EnterAsync().Admitted();

        Assert.Equal(2, queue.GetSnapshot().Running);
    }

    [Fact]
    public void Enter_WorkersBusy_WaitsAndIsHandedTheNextFreeWorker()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var waiter = queue.Park();
        Assert.Equal(1, queue.GetSnapshot().Waiting);

        holder.Dispose();

        waiter.Admitted();
        Assert.Equal((1, 0), (queue.GetSnapshot().Running, queue.GetSnapshot().Waiting));
    }

    [Fact]
    public void Enter_EveryPlaceTaken_IsRefusedAtOnce()
    {
        using var queue = new JobQueue(Settings(capacity: 1));
        queue.TakeAllWorkers();
        queue.Park();

        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync().Refused());
    }

    [Fact]
    public void Enter_NoPlacesAtAll_GetsAFreeWorkerOrIsRefused()
    {
        using var queue = new JobQueue(Settings(capacity: 0));

        queue.EnterAsync().Admitted();

        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync().Refused());
    }

    [Fact]
    public void Enter_WhileAJobWaits_DoesNotOvertake()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var first = queue.Park();

        var second = queue.Park();
        holder.Dispose();

        var lease = first.Admitted();
        Assert.False(second.IsCompleted);
        lease.Dispose();
        second.Admitted();
    }

    [Fact]
    public async Task Enter_TokenCancelledBefore_ThrowsAndIsNoArrival()
    {
        using var queue = new JobQueue(Settings());
        var cancelled = new CancellationToken(canceled: true);

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => queue.EnterAsync(cancelled).AsTask());

        Assert.Equal(cancelled, thrown.CancellationToken);
        Assert.Equal(0, queue.GetSnapshot().Arrived);
    }

    [Fact]
    public async Task Enter_CancelledWhileWaiting_ThrowsWithItsTokenAndFreesItsPlace()
    {
        using var queue = new JobQueue(Settings(capacity: 1));
        queue.TakeAllWorkers();
        using var canceller = new CancellationTokenSource();
        var waiter = queue.Park(canceller.Token);

        canceller.Cancel();

        Assert.True(waiter.IsCompleted);
        var thrown = await Assert.ThrowsAsync<OperationCanceledException>(async () => await waiter);
        Assert.Equal(canceller.Token, thrown.CancellationToken);
        Assert.Equal((0, 1L), (queue.GetSnapshot().Waiting, queue.GetSnapshot().Abandoned));
        _ = queue.Park();
    }

    [Fact]
    public async Task Enter_CancelledWhileTakingItsPlace_ThrowsWithItsToken()
    {
        var time = new CountingTimeProvider();
        using var queue = new JobQueue(Settings(), time);
        var holder = queue.TakeAllWorkers().Single();
        using var canceller = new CancellationTokenSource();
        time.Meanwhile = canceller.Cancel;

        var entering = queue.EnterAsync(canceller.Token);

        Assert.True(entering.IsCompleted);
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await entering);
        Assert.Equal(canceller.Token, thrown.CancellationToken);
        Assert.Equal((0, 1L), (queue.GetSnapshot().Waiting, queue.GetSnapshot().Abandoned));
        holder.Dispose();
        queue.EnterAsync().Admitted();
    }

    [Fact]
    public void Enter_CancelledAfterItWasHandedAWorker_KeepsIt()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        using var canceller = new CancellationTokenSource();
        var waiter = queue.Park(canceller.Token);
        holder.Dispose();

        canceller.Cancel();

        var lease = waiter.Admitted();
        Assert.Equal((1, 0L), (queue.GetSnapshot().Running, queue.GetSnapshot().Abandoned));
        lease.Dispose();
        Assert.Equal((0, 2L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public void Enter_TokenSourceDisposedWhileWaiting_IsAdmittedInItsTurn()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var canceller = new CancellationTokenSource();
        var waiter = queue.Park(canceller.Token);

        canceller.Dispose();
        holder.Dispose();

        waiter.Admitted();
    }

    [Fact]
    public async Task Enter_TokenCancelledLongAfter_DoesNotDisturbLaterWaiters()
    {
        using var queue = new JobQueue(Settings());
        using var canceller = new CancellationTokenSource();
        var holder = queue.TakeAllWorkers().Single();
        var former = queue.Park(canceller.Token);
        holder.Dispose();
        holder = await former;
        var present = queue.Park();

        canceller.Cancel();

        Assert.False(present.IsCompleted);
        holder.Dispose();
        present.Admitted();
    }

    [Fact]
    public async Task Enter_AwaitedTwice_Throws()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var waiter = queue.Park();
        holder.Dispose();
        await waiter;

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await waiter);
    }

    [Fact]
    public async Task Enter_CancelledWhileWaiting_IsCancelledLikeATask()
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        using var canceller = new CancellationTokenSource();
        var observed = queue.Park(canceller.Token);
        var before = queue.Park(canceller.Token).AsTask();
        var after = queue.Park(canceller.Token);

        canceller.Cancel();

        Assert.True(observed.IsCanceled);
        Assert.False(observed.IsCompletedSuccessfully || observed.IsFaulted);
        var afterwards = after.AsTask();
        Assert.Equal(TaskStatus.Canceled, afterwards.Status);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => before);
        Assert.Equal(TaskStatus.Canceled, before.Status);
        foreach (var task in new[] { before, afterwards })
            Assert.Equal(
                canceller.Token,
                (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task)).CancellationToken);
        Assert.Equal((0, 3L), (queue.GetSnapshot().Waiting, queue.GetSnapshot().Abandoned));
    }

    [Fact]
    public void Enter_RefusedWhileWaiting_IsNotCancelled()
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        var waiter = queue.Park(TestContext.Current.CancellationToken);

        _ = queue.DrainAsync(rejectWaiting: true, TestContext.Current.CancellationToken);

        Assert.True(waiter.IsCompletedSuccessfully);
        Assert.Equal(RejectionReason.Draining, waiter.Refused());
    }

    [Fact]
    public void Enter_ResultOfAWait_BlocksUntilThereIsAWorkerAndLosesNone()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var blocking = Blocked.On(() => queue.EnterAsync().AsTask().Result, () => queue.EnterAsync().Result);

        Assert.Equal(2, queue.GetSnapshot().Waiting);
        holder.Dispose();
        foreach (var thread in blocking)
            thread.Join().Dispose();

        Assert.Equal((0, 0, 3L), (queue.GetSnapshot().Running, queue.GetSnapshot().Waiting, queue.GetSnapshot().Ran));
        // The pooled objects of the earlier jobs do not interfere with later ones.
        queue.EnterAsync().Admitted();
        Assert.False(queue.Park().IsCompleted);
    }

    [Fact]
    public void Enter_ResultOfAWaitThatIsCancelled_Throws()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        using var canceller = new CancellationTokenSource();
        var blocked = Blocked.On(() => queue.EnterAsync(canceller.Token).Result).Single();

        canceller.Cancel();

        Assert.Equal(
            canceller.Token, Assert.ThrowsAny<OperationCanceledException>(() => blocked.Join()).CancellationToken);
        holder.Dispose();
        queue.EnterAsync().Admitted();
    }

    [Fact]
    public async Task Enter_ResultOfAWaitThatIsAwaitedAlready_ThrowsAndLeavesItAlone()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var waiter = queue.Park();
        var awaiting = AwaitAsync();

        Assert.Throws<InvalidOperationException>(() => waiter.GetAwaiter().GetResult());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await waiter);
        holder.Dispose();

        Assert.True((await awaiting).IsAdmitted);

        async Task<QueueLease> AwaitAsync() => await waiter;
    }

    [Fact]
    public void Enter_ResultTakenByTwo_OneGetsItAndTheOtherThrows()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var waiter = queue.Park();
        var blocked = Blocked.On(() => waiter.Result).Single();

        Assert.Throws<InvalidOperationException>(() => waiter.Result);
        holder.Dispose();

        Assert.True(blocked.Join().IsAdmitted);
    }
}

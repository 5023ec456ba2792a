using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Entrances;

public sealed class RunTests
{
    [Fact]
    public async Task Run_WorkerFree_RunsTheJobAndGivesItsResult()
    {
        using var queue = new JobQueue(Settings());

        var result = await queue.RunAsync(_ => Task.FromResult(queue.GetSnapshot().Running));

        Assert.Equal(1, result);
        Assert.Equal((0, 1L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public async Task Run_AfterWaiting_RunsTheJobAndGivesItsResult()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var running = queue.RunAsync(_ => Task.FromResult("done"));
        Assert.False(running.IsCompleted);

        holder.Dispose();

        Assert.Equal("done", await running);
    }

    [Fact]
    public async Task Run_UntilTheJobHasEnded_KeepsItsWorker()
    {
        using var queue = new JobQueue(Settings());
        var gate = new TaskCompletionSource();
        var running = queue.RunAsync(_ => gate.Task);
        Assert.Equal(1, queue.GetSnapshot().Running);

        gate.SetResult();
        await running;

        Assert.Equal(0, queue.GetSnapshot().Running);
    }

    [Fact]
    public async Task Run_JobThrowsBeforeItsFirstAwait_TheSameExceptionArrivesAndTheWorkerIsFree()
    {
        using var queue = new JobQueue(Settings());
        var failure = new InvalidOperationException();

        Assert.Same(
            failure, await Assert.ThrowsAsync<InvalidOperationException>(() => queue.RunAsync(_ => throw failure)));
        Assert.Same(
            failure,
            await Assert.ThrowsAsync<InvalidOperationException>(() => queue.RunAsync<int>(_ => throw failure)));

        Assert.Equal((0, 2L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public async Task Run_JobFailsAfterWaiting_TheSameExceptionArrivesAndTheWorkerIsFree()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var failure = new InvalidOperationException();
        var running = queue.RunAsync(_ => Task.FromException(failure));

        holder.Dispose();

        Assert.Same(failure, await Assert.ThrowsAsync<InvalidOperationException>(() => running));
        Assert.Equal(0, queue.GetSnapshot().Running);
    }

    [Fact]
    public async Task Run_JobEndsByItsToken_IsCancelledAndCountsAsRan()
    {
        using var queue = new JobQueue(Settings());
        using var canceller = new CancellationTokenSource();
        var running = queue.RunAsync(token => Task.Delay(Timeout.Infinite, token), canceller.Token);

        canceller.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(
            (0, 1L, 0L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran, queue.GetSnapshot().Abandoned));
    }

    [Fact]
    public async Task Run_CancelledWhileRunning_DoesNotFreeTheWorkerBeforeTheJobHasEnded()
    {
        using var queue = new JobQueue(Settings());
        using var canceller = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        var running = queue.RunAsync(_ => gate.Task, canceller.Token);

        canceller.Cancel();
        Assert.Equal(1, queue.GetSnapshot().Running);

        gate.SetResult();
        await running;
        Assert.Equal(0, queue.GetSnapshot().Running);
    }

    [Fact]
    public async Task Run_CancelledWhileWaiting_NeverRunsTheJob()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        using var canceller = new CancellationTokenSource();
        var ran = false;
        var running = queue.RunAsync(_ => Task.FromResult(ran = true), canceller.Token);

        canceller.Cancel();
        holder.Dispose();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(canceller.Token, thrown.CancellationToken);
        Assert.True(running.IsCanceled);
        Assert.False(ran);
    }

    [Fact]
    public async Task Run_Refused_ThrowsWithQueueReasonAndRetryAfter()
    {
        using var queue = new JobQueue(Settings(capacity: 0), name: "reports");
        queue.TakeAllWorkers();
        var ran = false;

        var thrown = await Assert.ThrowsAsync<JobRejectedException>(
            () => queue.RunAsync(_ => Task.FromResult(ran = true)));

        Assert.Equal("reports", thrown.QueueName);
        Assert.Equal(RejectionReason.QueueFull, thrown.Rejection.Reason);
        Assert.InRange(thrown.Rejection.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Contains("reports", thrown.Message);
        Assert.Contains("queue_full", thrown.Message);
        Assert.False(ran);
    }

    [Fact]
    public void Run_WithoutAJob_Throws()
    {
        using var queue = new JobQueue(Settings());

        Assert.Throws<ArgumentNullException>(() => { _ = queue.RunAsync(null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = queue.RunAsync<int>(null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = queue.Push(null!); });
    }
}

using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Entrances;

public sealed class PushTests
{
    [Fact]
    public async Task Push_WorkerFree_RunsTheJob()
    {
        using var queue = new JobQueue(Settings());
        var ran = false;

        var outcome = await queue.Push(_ => Task.FromResult(ran = true));

        Assert.True(ran);
        Assert.Equal(JobStatus.Ran, outcome.Status);
        Assert.Null(outcome.Exception);
        Assert.Null(outcome.Rejection);
        Assert.Equal((0, 1L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public async Task Push_AfterWaiting_RunsTheJob()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var handle = queue.Push(_ => Task.CompletedTask);
        Assert.Equal(1, queue.GetSnapshot().Waiting);

        holder.Dispose();

        Assert.Equal(JobStatus.Ran, (await handle).Status);
    }

    [Fact]
    public async Task Push_JobThatBlocks_ReturnsAtOnce()
    {
        using var queue = new JobQueue(Settings());
        using var gate = new ManualResetEventSlim();

        var handle = queue.Push(_ =>
        {
            gate.Wait(CancellationToken.None);
            return Task.CompletedTask;
        });
        gate.Set();

        Assert.Equal(JobStatus.Ran, (await handle).Status);
    }

    [Fact]
    public async Task Push_JobThrows_ItsExceptionIsTheOutcome()
    {
        using var queue = new JobQueue(Settings());
        var failure = new InvalidOperationException();

        var sync = await queue.Push(_ => throw failure);
        var async = await queue.Push(_ => Task.FromException(failure));

        Assert.All([sync, async], outcome =>
        {
            Assert.Equal(JobStatus.Failed, outcome.Status);
            Assert.Same(failure, outcome.Exception);
        });
        Assert.Equal((0, 2L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public async Task Push_JobThrowsACancellationThatIsNotItsOwn_HasFailed()
    {
        using var queue = new JobQueue(Settings());
        var failure = new OperationCanceledException();

        var outcome = await queue.Push(_ => throw failure);

        Assert.Equal(JobStatus.Failed, outcome.Status);
        Assert.Same(failure, outcome.Exception);
    }

    [Fact]
    public async Task Push_CancelledWhileWaiting_IsCancelledAndNeverRuns()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        using var canceller = new CancellationTokenSource();
        var ran = false;
        var handle = queue.Push(_ => Task.FromResult(ran = true), canceller.Token);

        canceller.Cancel();
        holder.Dispose();

        Assert.Equal(JobStatus.Cancelled, (await handle).Status);
        Assert.False(ran);
        Assert.Equal((1L, 1L), (queue.GetSnapshot().Abandoned, queue.GetSnapshot().Ran));
    }

    [Fact]
    public async Task Push_CancelledWhileRunning_IsCancelledAndCountsAsRan()
    {
        using var queue = new JobQueue(Settings());
        using var canceller = new CancellationTokenSource();
        var handle = queue.Push(token => Task.Delay(Timeout.Infinite, token), canceller.Token);

        canceller.Cancel();

        Assert.Equal(JobStatus.Cancelled, (await handle).Status);
        Assert.Equal((0, 1L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public void Push_TokenCancelledBefore_IsCancelledAtOnceAndIsNoArrival()
    {
        using var queue = new JobQueue(Settings());

        var handle = queue.Push(_ => Task.CompletedTask, new CancellationToken(canceled: true));

        Assert.True(handle.Completion.IsCompletedSuccessfully);
        Assert.Equal(0, queue.GetSnapshot().Arrived);
    }

    [Fact]
    public async Task Push_Refused_IsRejectedAtOnceWithReasonAndRetryAfter()
    {
        using var queue = new JobQueue(Settings(capacity: 0));
        queue.TakeAllWorkers();

        var handle = queue.Push(_ => Task.CompletedTask);

        Assert.True(handle.Completion.IsCompletedSuccessfully);
        var outcome = await handle;
        Assert.Equal(JobStatus.Rejected, outcome.Status);
        Assert.Equal(RejectionReason.QueueFull, outcome.Rejection?.Reason);
        Assert.InRange(outcome.Rejection!.Value.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Push_RefusedWhileWaiting_IsRejectedAndNeverRuns()
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        var ran = false;
        var handle = queue.Push(_ => Task.FromResult(ran = true));

        queue.Dispose();

        Assert.Equal(RejectionReason.Draining, (await handle).Rejection?.Reason);
        Assert.False(ran);
    }
}

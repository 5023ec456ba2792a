using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Jobs;

public sealed class PushedJobsTests
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task GiveUp_JobThatRuns_IsUnfinishedAndGoesOn()
    {
        using var queue = ApplicationQueue();
        var handle = queue.Push(PassAsync, TestContext.Current.CancellationToken);
        await _began.Task;

        Assert.Equal(1, queue.GiveUpPushedJobs());

        Assert.Equal(JobStatus.Unfinished, (await handle).Status);
        Assert.Equal(1, queue.GetSnapshot().Running);
        _gate.SetResult();
        await queue.DrainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(JobStatus.Unfinished, (await handle).Status);
        Assert.Equal(1, queue.GetSnapshot().Ran);
    }

    [Fact]
    public async Task GiveUp_AfterDispose_JobThatWaitedIsRejected()
    {
        var queue = ApplicationQueue();
        queue.TakeAllWorkers();
        var waiting = queue.Push(PassAsync, TestContext.Current.CancellationToken);

        queue.Dispose();
        Assert.Equal(0, queue.GiveUpPushedJobs());

        Assert.Equal(
            (JobStatus.Rejected, RejectionReason.Draining),
            ((await waiting).Status, (await waiting).Rejection!.Value.Reason));
    }

    [Fact]
    public async Task GiveUp_JobThatBeginsLater_IsUnfinished()
    {
        using var queue = ApplicationQueue();
        var holder = queue.TakeAllWorkers().Single();
        var handle = queue.Push(PassAsync, TestContext.Current.CancellationToken);

        queue.GiveUpPushedJobs();
        Assert.False(handle.Completion.IsCompleted);
        holder.Dispose();

        Assert.Equal(JobStatus.Unfinished, (await handle).Status);
        _gate.SetResult();
    }

    [Fact]
    public async Task WhenPushedJobsEnd_CompletesAfterTheLastHandle()
    {
        using var queue = ApplicationQueue();
        var handles =
            Enumerable.Range(0, 3).Select(_ => queue.Push(PassAsync, TestContext.Current.CancellationToken)).ToList();

        var ended = queue.WhenPushedJobsEndAsync();
        Assert.False(ended.IsCompleted);
        _gate.SetResult();

        await ended;
        Assert.All(handles, handle => Assert.True(handle.Completion.IsCompletedSuccessfully));
        Assert.All(handles, handle => Assert.Equal(JobStatus.Ran, handle.Completion.Result.Status));
        Assert.True(queue.WhenPushedJobsEndAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WhenPushedJobsEnd_LeasesAndRefusedJobs_AreNoneOfThem()
    {
        using var queue = ApplicationQueue(capacity: 0);
        queue.TakeAllWorkers();
        var refused = await queue.Push(PassAsync, TestContext.Current.CancellationToken);

        Assert.Equal(JobStatus.Rejected, refused.Status);
        Assert.True(queue.WhenPushedJobsEndAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Outcomes_OfAnApplicationsQueue_AreThoseOfAnyQueue()
    {
        using var queue = ApplicationQueue();
        var failure = new InvalidOperationException();
        using var canceller = new CancellationTokenSource();
        var cancelled = queue.Push(token => Task.Delay(Timeout.Infinite, token), canceller.Token);
        await canceller.CancelAsync();

        Assert.Equal(JobStatus.Cancelled, (await cancelled).Status);
        Assert.Same(failure, (await queue.Push(_ => throw failure, TestContext.Current.CancellationToken)).Exception);
        Assert.Equal(
            JobStatus.Ran, (await queue.Push(_ => Task.CompletedTask, TestContext.Current.CancellationToken)).Status);
        Assert.True(queue.WhenPushedJobsEndAsync().IsCompletedSuccessfully || queue.GetSnapshot().Running == 0);
    }

    private static JobQueue ApplicationQueue(int capacity = 10)
    {
        var queue = new JobQueue(Settings(capacity: capacity));
        queue.BelongToApplication([]);
        return queue;
    }

    private Task PassAsync(CancellationToken cancellationToken)
    {
        _began.TrySetResult();
        return _gate.Task;
    }
}

using System.Threading.RateLimiting;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Control;

/// <summary>Verifies how a queue behaves when its application stops.</summary>
public sealed class StopTests
{
    public static TheoryData<string> Disciplines => ["plain", "keys", "priorities"];

    [Theory]
    [MemberData(nameof(Disciplines))]
    public async Task Stop_RefusesCallersThatWait_AndPushedJobsKeepTheirOrder(string discipline)
    {
        using var queue = Queue(discipline);
        var holder = queue.TakeAllWorkers().Single();
        var ran = new List<int>();
        var first = Push(queue, discipline, () => ran.Add(1));
        var caller = queue.Park();
        var second = Push(queue, discipline, () => ran.Add(2));
        var running = queue.RunAsync(_ => Task.CompletedTask, TestContext.Current.CancellationToken);

        queue.RefuseCallers();

        Assert.Equal(RejectionReason.Draining, caller.Refused());
        var refused = await Assert.ThrowsAsync<JobRejectedException>(() => running);
        Assert.Equal(RejectionReason.Draining, refused.Rejection.Reason);
        Assert.Equal((2, JobQueueState.Draining), (queue.GetSnapshot().Waiting, queue.GetSnapshot().State));
        holder.Dispose();
        Assert.Equal((JobStatus.Ran, JobStatus.Ran), ((await first).Status, (await second).Status));
        Assert.Equal([1, 2], ran);
    }

    [Theory]
    [MemberData(nameof(Disciplines))]
    public async Task Stop_Newcomers_ArePushedOrFindAFreeWorker(string discipline)
    {
        using var queue = Queue(discipline);
        var ranBefore = queue.GetSnapshot().Ran;
        queue.RefuseCallers();

        var lease = queue.EnterAsync(TestContext.Current.CancellationToken).Admitted();
        Assert.Equal(RejectionReason.Draining, queue.EnterAsync(TestContext.Current.CancellationToken).Refused());
        Assert.Equal(RejectionReason.Draining, queue.TryEnter().Rejection?.Reason);
        var pushed = Push(queue, discipline, () => { });
        Assert.Equal(1, queue.GetSnapshot().Waiting);
        lease.Dispose();

        Assert.Equal(JobStatus.Ran, (await pushed).Status);
        Assert.Equal(
            (0, 2L, 2L),
            (queue.GetSnapshot().Running, queue.GetSnapshot().Ran - ranBefore, queue.GetSnapshot().Rejected));
        queue.TryEnter().Dispose();
    }

    [Theory]
    [MemberData(nameof(Disciplines))]
    public void Stop_ARequestThatComes_IsRefusedAlsoWhereAWorkerIsFree(string discipline)
    {
        using var queue = Queue(discipline);
        queue.RefuseCallers();

        Assert.False(queue.TryAdmit());
        var waiter = queue.Arrive(jobState: null, mayWait: true, out var admission, source: JobSource.Request);

        Assert.Null(waiter);
        Assert.Equal(
            (AdmissionStatus.Rejected, RejectionReason.Draining), (admission.Status, admission.Rejection.Reason));
    }

    [Fact]
    public void Stop_AWorkerThatPushedJobsWaitFor_IsNoneThatIsFree()
    {
        using var queue = new JobQueue(Settings());
        queue.RefuseCallers();
        queue.Pause();
        queue.Push(_ => Task.CompletedTask, TestContext.Current.CancellationToken);

        Assert.Equal(RejectionReason.Draining, queue.EnterAsync(TestContext.Current.CancellationToken).Refused());
    }

    [Fact]
    public async Task Stop_OfAPausedQueue_LetsPushedJobsRun()
    {
        using var queue = new JobQueue(Settings());
        queue.Pause();
        var pushed = queue.Push(_ => Task.CompletedTask, TestContext.Current.CancellationToken);

        queue.RefuseCallers();

        Assert.Equal(JobStatus.Ran, (await pushed).Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Stop_CallersOfTheRateLimiter_AreRefused(int permits)
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        using var limiter = queue.AsRateLimiter();
        var waiting = limiter.AcquireAsync(permits, TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);

        queue.RefuseCallers();

        using var lease = await waiting;
        Assert.False(lease.IsAcquired);
        Assert.True(lease.TryGetMetadata(MetadataName.ReasonPhrase, out var reason));
        Assert.Equal("draining", reason);
    }

    [Fact]
    public void Stop_ProbeOfAFreeWorker_IsAnsweredWithIt()
    {
        using var queue = new JobQueue(Settings());
        using var limiter = queue.AsRateLimiter();

        queue.RefuseCallers();

        using var probe = limiter.AttemptAcquire(0);
        Assert.True(probe.IsAcquired);
    }

    [Fact]
    public async Task Stop_ThenDrain_IsDoneWhenThePushedJobsHaveEnded()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var pushed = queue.Push(_ => Task.CompletedTask, TestContext.Current.CancellationToken);
        queue.RefuseCallers();

        var drained = queue.DrainAsync(TestContext.Current.CancellationToken);
        var late = await queue.Push(_ => Task.CompletedTask, TestContext.Current.CancellationToken);
        Assert.Equal(RejectionReason.Draining, late.Rejection?.Reason);
        Assert.False(drained.IsCompleted);
        holder.Dispose();

        await drained;
        Assert.Equal(JobStatus.Ran, (await pushed).Status);
    }

    [Fact]
    public void Stop_Resumed_GoesOnRefusing()
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        queue.RefuseCallers();

        queue.Resume();

        Assert.Equal(RejectionReason.Draining, queue.EnterAsync(TestContext.Current.CancellationToken).Refused());
        Assert.False(queue.TrySetPaused(true));
    }

    [Fact]
    public void Stop_InDryRun_RefusesNothing()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 1, DryRun = true });
        queue.RefuseCallers();

        Assert.True(queue.TryEnter().IsAdmitted);
        Assert.True(queue.TryEnter().IsAdmitted);
    }

    [Fact]
    public void Stop_Twice_OrAfterDispose_DoesNothingMore()
    {
        var queue = new JobQueue(Settings());
        queue.RefuseCallers();
        queue.RefuseCallers();
        queue.Dispose();

        queue.RefuseCallers();

        Assert.Equal(JobQueueState.Disposed, queue.GetSnapshot().State);
    }

    private static JobQueue Queue(string discipline)
    {
        var settings = Settings();
        settings.PartitionByKey = discipline == "keys";
        var queue = new JobQueue(settings);
        // The first job with a higher priority makes the queue switch to lines that distinguish priorities.
        if (discipline == "priorities")
            queue.TryEnter(new JobTraits { Priority = JobPriority.High, Weight = 1 }).Dispose();
        return queue;
    }

    private static JobHandle Push(JobQueue queue, string discipline, Action job) => queue.Push(
        _ =>
        {
            job();
            return Task.CompletedTask;
        },
        discipline == "plain" ? default : new JobTraits { Key = "a", Priority = JobPriority.High },
        TestContext.Current.CancellationToken);
}

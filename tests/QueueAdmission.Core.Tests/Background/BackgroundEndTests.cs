using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Background;

/// <summary>Verifies how background jobs end without having run, and that nothing of them remains.</summary>
public sealed class BackgroundEndTests
{
    [Theory]
    [InlineData("drain")]
    [InlineData("stop")]
    [InlineData("dispose")]
    public void Jobs_WhereTheQueueEnds_AreRefusedWithoutACount(string end)
    {
        using var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        var waiting = Enumerable.Range(0, 2_500).Select(_ => BackgroundTests.Background(queue)).ToList();

        if (end == "drain")
            _ = queue.DrainAsync(TestContext.Current.CancellationToken);
        else if (end == "stop")
            queue.RefuseCallers();
        else
            queue.Dispose();

        Assert.All(waiting, entering => Assert.Equal(RejectionReason.Draining, entering.Refused()));
        Assert.Equal(RejectionReason.Draining, BackgroundTests.Background(queue).Refused());
        var seen = queue.GetSnapshot();
        Assert.Equal((1L, 0L, 0), (seen.Arrived, seen.Rejected, seen.BackgroundWaiting));
    }

    [Fact]
    public async Task Drain_AwaitsBackgroundJobsThatRun()
    {
        using var queue = new JobQueue(Settings());
        var lease = BackgroundTests.Background(queue).Admitted();
        var drained = queue.DrainAsync(TestContext.Current.CancellationToken);
        Assert.False(drained.IsCompleted);

        lease.Dispose();

        await drained;
    }

    [Fact]
    public async Task Job_ThatIsCancelled_LeavesWithItsToken()
    {
        using var queue = new JobQueue(Settings());
        var busy = queue.TakeAllWorkers();
        using var canceller = new CancellationTokenSource();
        var (first, second) =
            (BackgroundTests.Background(queue, token: canceller.Token), BackgroundTests.Background(queue));

        await canceller.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(first.AsTask);
        Assert.Equal(canceller.Token, exception.CancellationToken);
        busy[0].Dispose();
        second.Admitted();
        Assert.Equal(0, queue.GetSnapshot().Abandoned);
        Assert.True(BackgroundTests.Background(queue, token: canceller.Token).IsCanceled);
    }

    [Fact]
    public void QueueWithoutBackgroundJobs_IsOpenAgain()
    {
        using var queue = new JobQueue(Settings(workers: 2));
        var busy = queue.TakeAllWorkers();
        using var canceller = new CancellationTokenSource();
        var (first, _) = (BackgroundTests.Background(queue), BackgroundTests.Background(queue, token: canceller.Token));
        Assert.True(queue.Engine.Slots.IsMarked);

        busy[0].Dispose();
        Assert.True(queue.Engine.Slots.IsMarked);

        canceller.Cancel();
        Assert.False(queue.Engine.Slots.IsMarked);
        first.Admitted().Dispose();
    }
}

namespace QueueAdmission.Testing;

public class WaitingForStateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WaitUntil_StateIsReached_Returns()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 1 });
        var running = queue.WaitUntilRunningAsync(1, cancellationToken: Stop);
        var waiting = queue.WaitUntilWaitingAsync(1, cancellationToken: Stop);
        Assert.False(running.IsCompleted || waiting.IsCompleted);

        using var busy = queue.TryEnter();
        await running;
        Assert.False(waiting.IsCompleted);
        using var line = queue.OccupyPlaces(1);
        await waiting;

        var snapshot = await queue.WaitUntilAsync(now => now.Waiting == 1, cancellationToken: Stop);
        Assert.Equal(1, snapshot.Running);
    }

    [Fact]
    public async Task WaitUntil_StateIsNotReachedInTime_ThrowsWithTheStateThatIs()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 2 }, name: "checkout");
        using var busy = queue.TryEnter();

        var waiting = await Assert.ThrowsAsync<QueueAssertionException>(
            () => queue.WaitUntilWaitingAsync(3, TimeSpan.Zero, Stop));
        var running = await Assert.ThrowsAsync<QueueAssertionException>(
            () => queue.WaitUntilRunningAsync(2, TimeSpan.Zero, Stop));
        await Assert.ThrowsAsync<QueueAssertionException>(
            () => queue.WaitUntilAsync(now => now.Ran == 1, TimeSpan.Zero, Stop));

        Assert.Contains("3 jobs wait", waiting.Message, StringComparison.Ordinal);
        Assert.Contains(
            "'checkout' (Running, 2 workers, 1 jobs run, 0 wait)", running.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitUntil_Cancelled_Ends()
    {
        using var queue = new JobQueue(new JobQueueOptions());
        using var cancellation = new CancellationTokenSource();
        var waiting = queue.WaitUntilWaitingAsync(1, cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}

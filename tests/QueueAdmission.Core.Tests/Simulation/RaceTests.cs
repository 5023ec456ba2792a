using System.Diagnostics;

namespace QueueAdmission.Simulation;

/// <summary>
/// Tests the engine on real threads. Whatever happens in whatever order, at the end the counters account for every job.
/// </summary>
public sealed class RaceTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(true, false, 1_200_000)]
    [InlineData(false, false, 600_000)]
    [InlineData(true, true, 400_000)]
    [InlineData(false, true, 400_000)]
    public async Task Queue_UnderAttackFromAllSides_LosesNothing(bool fakeTime, bool unequalJobs, int operations)
    {
        var figures = await new Race(fakeTime, unequalJobs, flows: 16, Effort.Of(all: operations, some: operations / 4))
            .RunAsync(TestContext.Current.CancellationToken);

        output.WriteLine(
            $"{(fakeTime ? "Hammered fake clock" : "System clock")}{(unequalJobs ? ", unequal jobs" : "")}: {figures}");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task OneWorker_WithSeveralFlows_LosesNoWakeUpAndIsNeverShared(int flows)
    {
        var operations = Effort.Of(all: 500_000, some: 150_000);
        using var queue = new JobQueue(new() { Workers = 1, MaxWait = Timeout.InfiniteTimeSpan });
        var clock = Stopwatch.StartNew();
        long unguarded = 0;

        await Task.WhenAll(Enumerable.Range(0, flows).Select(_ => Task.Run(Flow))).WaitAsync(
            TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);

        // The field is incremented without a lock, by the holder of the only worker. Two holders at a time would lose
        // increments.
        Assert.Equal(operations / flows * flows, unguarded);
        Assert.Equal(unguarded, queue.GetSnapshot().Ran);
        output.WriteLine(
            $"1 worker, {flows} flows: {unguarded:N0} operations, {clock.Elapsed.TotalSeconds:0.0} s, lost: 0");

        async Task Flow()
        {
            for (var i = 0; i < operations / flows; i++)
            {
                using var lease = await queue.EnterAsync();
                unguarded++;
            }
        }
    }

    [Fact]
    public async Task Waiters_ReusedUnderTokensOfOthers_AreCancelledByTheirOwnAlone()
    {
        const int Flows = 8;
        var operations = Effort.Of(all: 300_000, some: 75_000);
        using var queue = new JobQueue(new() { Workers = 1, MaxWait = Timeout.InfiniteTimeSpan });
        var clock = Stopwatch.StartNew();
        long strangers = 0, cancelled = 0;

        await Task.WhenAll(Enumerable.Range(0, Flows).Select(_ => Task.Run(Flow))).WaitAsync(
            TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);

        Assert.Equal(0, strangers);
        output.WriteLine(
            $"{operations:N0} waits with tokens cancelled while or after they ended: {cancelled:N0} cancelled, "
            + $"{strangers} by a stranger's token, {clock.Elapsed.TotalSeconds:0.0} s");

        async Task Flow()
        {
            var random = new Random();
            for (var i = 0; i < operations / Flows; i++)
            {
                var canceller = new CancellationTokenSource();
                var entering = queue.EnterAsync(canceller.Token);
                // The cancellation races with the hand-off. It may arrive when the waiter object already serves another
                // job.
                var cancels = random.Next(2) == 0;
                if (cancels)
                    ThreadPool.UnsafeQueueUserWorkItem(
                        static canceller => canceller.Cancel(), canceller, preferLocal: false);
                try
                {
                    using var lease = await entering;
                    if (random.Next(4) == 0)
                        await Task.Yield();
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref cancelled);
                    if (!cancels)
                        Interlocked.Increment(ref strangers);
                }
            }
        }
    }
}

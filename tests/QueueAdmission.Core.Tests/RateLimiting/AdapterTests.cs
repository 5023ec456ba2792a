using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.RateLimiting;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.RateLimiting;

/// <summary>
/// Verifies what is specific to a limiter that is only a view of a queue, which has other users as well.
/// </summary>
public sealed class AdapterTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Limiter_AndTheQueueItself_ShareWorkersAndPlaces()
    {
        using var queue = new JobQueue(Settings());
        var limiter = queue.AsRateLimiter();
        var holder = queue.TakeAllWorkers().Single();
        Assert.False(limiter.AttemptAcquire().IsAcquired);

        holder.Dispose();

        Assert.True(limiter.AttemptAcquire().IsAcquired);
        Assert.False(queue.TryEnter().IsAdmitted);
    }

    [Fact]
    public async Task Dispose_OfOneLimiter_TouchesNeitherTheQueueNorTheOtherLimiters()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        var one = queue.AsRateLimiter();
        var other = queue.AsRateLimiter();
        var ofOne = one.AcquireAsync().AsTask();
        var ofOther = other.AcquireAsync();
        var withoutKey = queue.Park();

        one.Dispose();

        Assert.False((await ofOne).IsAcquired);
        Assert.False(ofOther.IsCompleted || withoutKey.IsCompleted);
        Assert.Equal((JobQueueState.Running, 2), (queue.GetSnapshot().State, queue.GetSnapshot().Waiting));
        holder.Dispose();
        (await ofOther).Dispose();
        (await withoutKey).Dispose();
    }

    [Fact]
    public void Dispose_WhileALeaseIsOut_LeavesTheLeaseItsWorker()
    {
        using var queue = new JobQueue(Settings());
        var limiter = queue.AsRateLimiter();
        var lease = limiter.AttemptAcquire();

        limiter.Dispose();
        Assert.Equal(1, queue.GetSnapshot().Running);
        lease.Dispose();

        Assert.Equal(0, queue.GetSnapshot().Running);
    }

    [Fact]
    public async Task Queue_DisposedWhileAJobWaits_GivesAFailedLeaseThatSaysSo()
    {
        var queue = new JobQueue(Settings());
        queue.TakeAllWorkers();
        var waiter = queue.AsRateLimiter().AcquireAsync();

        queue.Dispose();

        var failed = await waiter;
        Assert.True(failed.TryGetMetadata(MetadataName.ReasonPhrase, out var reason));
        Assert.Equal("draining", reason);
    }

    [Fact]
    public async Task Waiter_AtTheQueuesLimit_GetsAFailedLeaseThatSaysSo()
    {
        using var queue = new JobQueue(Settings(maxWait: TimeSpan.FromSeconds(1)), _time);
        queue.TakeAllWorkers();
        var waiter = queue.AsRateLimiter().AcquireAsync();

        _time.Advance(TimeSpan.FromSeconds(1));

        var failed = await waiter;
        Assert.True(failed.TryGetMetadata(MetadataName.ReasonPhrase, out var reason));
        Assert.Equal("wait_timeout", reason);
    }

    [Fact]
    public void IdleDuration_CountsFromTheLastLeaseOfThisLimiter()
    {
        using var queue = new JobQueue(Settings(workers: 2), _time);
        var limiter = queue.AsRateLimiter();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), limiter.IdleDuration);

        var lease = limiter.AttemptAcquire();
        using var ofAnother = queue.TryEnter();
        Assert.Null(limiter.IdleDuration);

        lease.Dispose();
        lease.Dispose();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(2), limiter.IdleDuration);
    }

    [Fact]
    public async Task IdleDuration_WhileAJobWaits_IsNull()
    {
        using var queue = new JobQueue(Settings(), _time);
        queue.TakeAllWorkers();
        var limiter = queue.AsRateLimiter();
        using var canceller = new CancellationTokenSource();
        var waiter = limiter.AcquireAsync(1, canceller.Token).AsTask();
        Assert.Null(limiter.IdleDuration);

        canceller.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter);

        Assert.Equal(TimeSpan.Zero, limiter.IdleDuration);
    }

    [Fact]
    public void IdleDuration_AfterARefusal_IsNotNull()
    {
        using var queue = new JobQueue(Settings(), _time);
        queue.TakeAllWorkers();
        var limiter = queue.AsRateLimiter();

        limiter.AttemptAcquire().Dispose();

        Assert.NotNull(limiter.IdleDuration);
    }

    [Fact]
    public void Probe_OfAQueueThatAdmitsNoJob_SaysWhy()
    {
        using var queue = new JobQueue(Settings());
        _ = queue.DrainAsync();

        using var probe = queue.AsRateLimiter().AttemptAcquire(0);

        Assert.False(probe.IsAcquired);
        Assert.True(probe.TryGetMetadata(MetadataName.ReasonPhrase, out var reason));
        Assert.Equal("draining", reason);
    }

    [Fact]
    public async Task Polly_WithTheQueueAsItsLimiter_RunsAndRejectsByTheQueue()
    {
        using var queue = new JobQueue(Settings(capacity: 1));
        var limiter = queue.AsRateLimiter();
        var pipeline = new ResiliencePipelineBuilder().AddRateLimiter(limiter).Build();
        var gate = new TaskCompletionSource();

        var running = pipeline.ExecuteAsync(async _ => await gate.Task, CancellationToken.None).AsTask();
        var waiting = pipeline.ExecuteAsync(_ => ValueTask.FromResult("had its turn"), CancellationToken.None).AsTask();
        Assert.Equal((1, 1), (queue.GetSnapshot().Running, queue.GetSnapshot().Waiting));

        var rejected = await Assert.ThrowsAsync<RateLimiterRejectedException>(
            async () => await pipeline.ExecuteAsync(_ => ValueTask.CompletedTask, CancellationToken.None));
        Assert.InRange(rejected.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

        gate.SetResult();
        await running;
        Assert.Equal("had its turn", await waiting);
        Assert.Equal((0, 2L, 1L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran, queue.GetSnapshot().Rejected));
    }

    [Fact]
    public async Task PartitionedLimiter_OverQueues_KeepsEachToItsOwn()
    {
        using var small = new JobQueue(Settings(capacity: 0));
        using var large = new JobQueue(Settings(workers: 2, capacity: 0));
        await using var limiter = PartitionedRateLimiter.Create<string, string>(key =>
            RateLimitPartition.Get(key, name => (name == "small" ? small : large).AsRateLimiter()));

        using var first = limiter.AttemptAcquire("small");
        using var second = limiter.AttemptAcquire("small");
        using var third = limiter.AttemptAcquire("large");

        Assert.Equal((true, false, true), (first.IsAcquired, second.IsAcquired, third.IsAcquired));
    }
}

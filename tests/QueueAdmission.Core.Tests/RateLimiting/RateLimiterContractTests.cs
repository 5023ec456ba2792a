using System.Threading.RateLimiting;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.RateLimiting;

/// <summary>Verifies the contract of the base class <see cref="RateLimiter"/>.</summary>
public sealed class RateLimiterContractTests : IDisposable
{
    private readonly JobQueue _queue = new(Settings(workers: 1, capacity: 2));
    private readonly RateLimiter _limiter;

    public RateLimiterContractTests() => _limiter = _queue.AsRateLimiter();

    public void Dispose() => _queue.Dispose();

    [Fact]
    public void AttemptAcquire_GivesThePermitOnceAndAgainWhenItIsReturned()
    {
        var lease = _limiter.AttemptAcquire();
        Assert.True(lease.IsAcquired);
        Assert.False(_limiter.AttemptAcquire().IsAcquired);

        lease.Dispose();

        Assert.True(_limiter.AttemptAcquire().IsAcquired);
    }

    [Fact]
    public async Task Acquire_GivesPermitsInTheOrderOfArrival()
    {
        var lease = await _limiter.AcquireAsync();
        var first = _limiter.AcquireAsync();
        var second = _limiter.AcquireAsync();
        Assert.False(first.IsCompleted || second.IsCompleted);

        lease.Dispose();
        lease = await first;
        Assert.True(lease.IsAcquired);
        Assert.False(second.IsCompleted);

        lease.Dispose();
        Assert.True((await second).IsAcquired);
    }

    [Fact]
    public async Task Acquire_WhereTheNewestGoesFirst_GivesPermitsInReverseAndPutsOutTheOldest()
    {
        _queue.Update(settings => settings.Order = QueueProcessingOrder.NewestFirst);
        var lease = _limiter.AttemptAcquire();
        var first = _limiter.AcquireAsync();
        var second = _limiter.AcquireAsync();

        var third = _limiter.AcquireAsync();
        var putOut = await first;
        Assert.False(putOut.IsAcquired);
        Assert.True(putOut.TryGetMetadata(MetadataName.ReasonPhrase, out var reason));
        Assert.Equal("displaced", reason);

        lease.Dispose();
        lease = await third;
        Assert.True(lease.IsAcquired);
        Assert.False(second.IsCompleted);
        lease.Dispose();
        Assert.True((await second).IsAcquired);
    }

    [Fact]
    public async Task Acquire_WhereTheQueueIsFull_FailsUntilThereIsRoomAgain()
    {
        var lease = _limiter.AttemptAcquire();
        var first = _limiter.AcquireAsync();
        var second = _limiter.AcquireAsync();
        Assert.False((await _limiter.AcquireAsync()).IsAcquired);

        lease.Dispose();
        lease = await first;
        var third = _limiter.AcquireAsync();
        Assert.False(third.IsCompleted);

        lease.Dispose();
        lease = await second;
        lease.Dispose();
        Assert.True((await third).IsAcquired);
    }

    [Fact]
    public void AttemptAcquire_WhileAJobWaits_DoesNotOvertake()
    {
        var lease = _limiter.AttemptAcquire();
        var waiter = _limiter.AcquireAsync();
        _queue.Pause();

        lease.Dispose();

        Assert.False(_limiter.AttemptAcquire().IsAcquired);
        Assert.False(waiter.IsCompleted);
    }

    [Fact]
    public async Task PermitCount_AboveTheWorkers_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>("permitCount", () => _limiter.AttemptAcquire(2));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            "permitCount", async () => await _limiter.AcquireAsync(2));
    }

    [Fact]
    public async Task PermitCount_BelowZero_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>("permitCount", () => _limiter.AttemptAcquire(-1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            "permitCount", async () => await _limiter.AcquireAsync(-1));
    }

    [Fact]
    public async Task Zero_SaysWhetherAPermitIsFreeAndTakesNone()
    {
        using var attempt = _limiter.AttemptAcquire(0);
        using var acquired = await _limiter.AcquireAsync(0);
        Assert.True(attempt.IsAcquired && acquired.IsAcquired);

        using var lease = _limiter.AttemptAcquire();
        Assert.True(lease.IsAcquired);
        Assert.False(_limiter.AttemptAcquire(0).IsAcquired);
        Assert.Equal(1, _queue.GetSnapshot().Arrived);
    }

    [Fact]
    public async Task Zero_WhereNoPermitIsFree_IsAwaited()
    {
        var lease = _limiter.AttemptAcquire();
        var probe = _limiter.AcquireAsync(0);
        Assert.False(probe.IsCompleted);

        lease.Dispose();

        Assert.True((await probe).IsAcquired);
        Assert.Equal(0, _queue.GetSnapshot().Running);
        Assert.Equal(1, _queue.GetSnapshot().Arrived);
        Assert.Equal(1, _limiter.GetStatistics()!.CurrentAvailablePermits);
    }

    [Fact]
    public async Task Zero_ThatIsAwaited_ComesAfterEarlierWaitersAndEndsWithItsToken()
    {
        var lease = _limiter.AttemptAcquire();
        var before = _limiter.AcquireAsync();
        var probe = _limiter.AcquireAsync(0);
        using var canceller = new CancellationTokenSource();
        var impatient = _limiter.AcquireAsync(0, canceller.Token).AsTask();

        canceller.Cancel();
        var thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => impatient);
        Assert.Equal((canceller.Token, TaskStatus.Canceled), (thrown.CancellationToken, impatient.Status));
        lease.Dispose();
        Assert.False(probe.IsCompleted);
        (await before).Dispose();

        Assert.True((await probe).IsAcquired);
        Assert.Equal(2, _queue.GetSnapshot().Arrived);
    }

    [Fact]
    public async Task Zero_ThatIsAwaitedWhenTheQueueDrains_IsRefused()
    {
        using var lease = _limiter.AttemptAcquire();
        var probe = _limiter.AcquireAsync(0);

        _ = _queue.DrainAsync(TestContext.Current.CancellationToken);

        Assert.False((await probe).IsAcquired);
    }

    [Fact]
    public async Task Permits_OfOneLease_AreAsManyWorkersAndCountInTheStatistics()
    {
        _queue.Update(o => o.Workers = 5);
        var three = _limiter.AttemptAcquire(3);
        Assert.True(three.IsAcquired);
        Assert.Equal(2, _limiter.GetStatistics()!.CurrentAvailablePermits);
        Assert.False(_limiter.AttemptAcquire(3).IsAcquired);

        var four = _limiter.AcquireAsync(4);
        Assert.Equal(4, _limiter.GetStatistics()!.CurrentQueuedCount);
        three.Dispose();

        Assert.True((await four).IsAcquired);
        Assert.Equal(1, _limiter.GetStatistics()!.CurrentAvailablePermits);
    }

    [Fact]
    public async Task Acquire_CancelledBefore_ThrowsWithTheToken()
    {
        using var lease = _limiter.AttemptAcquire();
        var cancelled = new CancellationToken(canceled: true);

        var thrown = await Assert.ThrowsAsync<TaskCanceledException>(
            async () => await _limiter.AcquireAsync(1, cancelled));

        Assert.Equal(cancelled, thrown.CancellationToken);
        Assert.Equal(0, _limiter.GetStatistics()!.CurrentQueuedCount);
    }

    [Fact]
    public async Task Acquire_CancelledWhileWaiting_ThrowsWithTheTokenAndFreesItsPlace()
    {
        using var lease = _limiter.AttemptAcquire();
        using var canceller = new CancellationTokenSource();
        var waiter = _limiter.AcquireAsync(1, canceller.Token).AsTask();
        Assert.Equal(1, _limiter.GetStatistics()!.CurrentQueuedCount);

        canceller.Cancel();

        var thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => waiter);
        Assert.Equal((canceller.Token, TaskStatus.Canceled), (thrown.CancellationToken, waiter.Status));
        Assert.Equal(0, _limiter.GetStatistics()!.CurrentQueuedCount);
        lease.Dispose();
        Assert.Equal(1, _limiter.GetStatistics()!.CurrentAvailablePermits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_WhileAJobWaits_GivesItAFailedLease(bool async)
    {
        using var lease = _limiter.AttemptAcquire();
        var waiters = new[] { _limiter.AcquireAsync().AsTask(), _limiter.AcquireAsync().AsTask() };

        if (async)
            await _limiter.DisposeAsync();
        else
            _limiter.Dispose();

        Assert.All(await Task.WhenAll(waiters), failed => Assert.False(failed.IsAcquired));
    }

    [Fact]
    public async Task Dispose_ThenAcquire_Throws()
    {
        _limiter.Dispose();
        _limiter.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _limiter.AttemptAcquire());
        Assert.Throws<ObjectDisposedException>(() => _limiter.AttemptAcquire(0));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _limiter.AcquireAsync());
    }

    [Fact]
    public void GetStatistics_AfterDispose_Throws()
    {
        _limiter.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _limiter.GetStatistics());
    }

    [Fact]
    public void GetStatistics_MoreQueuedPermitsThanAnIntHolds_CountsThem()
    {
        const int Waiters = 22_000;
        using var queue = new JobQueue(Staging.Settings(workers: JobQueueOptions.WorkersLimit, capacity: Waiters));
        using var limiter = queue.AsRateLimiter();
        using var all = limiter.AttemptAcquire(JobQueueOptions.WorkersLimit);

        for (var i = 0; i < Waiters; i++)
            _ = limiter.AcquireAsync(JobQueueOptions.WorkersLimit, TestContext.Current.CancellationToken);

        Assert.Equal((long)Waiters * JobQueueOptions.WorkersLimit, limiter.GetStatistics()!.CurrentQueuedCount);
        Assert.Equal(0, limiter.GetStatistics()!.CurrentAvailablePermits);
    }

    [Fact]
    public async Task Dispose_AfterACancelledWait_DoesNotDisturb()
    {
        using var lease = _limiter.AttemptAcquire();
        using var canceller = new CancellationTokenSource();
        var waiter = _limiter.AcquireAsync(1, canceller.Token).AsTask();
        canceller.Cancel();

        _limiter.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter);
    }

    [Fact]
    public void Lease_DisposedTwice_ReturnsOnePermit()
    {
        _queue.Update(o => o.Workers = 2);
        var lease = _limiter.AttemptAcquire();
        using var other = _limiter.AttemptAcquire();

        lease.Dispose();
        lease.Dispose();

        Assert.Equal(1, _limiter.GetStatistics()!.CurrentAvailablePermits);
    }

    [Fact]
    public void Metadata_OfAnAcquiredLease_IsNone()
    {
        using var lease = _limiter.AttemptAcquire();
        using var probe = _queue.AsRateLimiter().AttemptAcquire(0);

        Assert.Empty(lease.MetadataNames);
        Assert.False(lease.TryGetMetadata(MetadataName.ReasonPhrase, out _));
        Assert.False(lease.TryGetMetadata(MetadataName.RetryAfter.Name, out _));
    }

    [Fact]
    public void Metadata_OfAFailedLease_AreReasonAndRetryAfter()
    {
        using var lease = _limiter.AttemptAcquire();

        using var failed = _limiter.AttemptAcquire();

        Assert.Equal([MetadataName.ReasonPhrase.Name, MetadataName.RetryAfter.Name], failed.MetadataNames);
        Assert.True(failed.TryGetMetadata(MetadataName.ReasonPhrase, out var reason));
        Assert.Equal("queue_full", reason);
        Assert.True(failed.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter));
        Assert.InRange(retryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.All(failed.MetadataNames, name => Assert.True(failed.TryGetMetadata(name, out _)));
        Assert.False(failed.TryGetMetadata("another", out _));
    }

    [Fact]
    public async Task Statistics_FollowEveryAcquisition()
    {
        _queue.Update(o => o.Workers = 2);
        Expect(available: 2, queued: 0, successful: 0, failed: 0);

        using var probe = _limiter.AttemptAcquire(0);
        Expect(2, 0, 1, 0);
        var one = _limiter.AttemptAcquire();
        var two = await _limiter.AcquireAsync();
        Expect(0, 0, 3, 0);
        var three = _limiter.AcquireAsync();
        var four = _limiter.AcquireAsync();
        Expect(0, 2, 3, 0);
        using var failed = await _limiter.AcquireAsync();
        using var failedAttempt = _limiter.AttemptAcquire();
        Expect(0, 2, 3, 2);

        one.Dispose();
        two.Dispose();
        await three;
        await four;
        Expect(0, 0, 5, 2);
        Assert.NotSame(_limiter.GetStatistics(), _limiter.GetStatistics());

        void Expect(long available, long queued, long successful, long failed)
        {
            var statistics = _limiter.GetStatistics()!;
            Assert.Equal(
                (available, queued, successful, failed),
                (statistics.CurrentAvailablePermits, statistics.CurrentQueuedCount,
                    statistics.TotalSuccessfulLeases, statistics.TotalFailedLeases));
        }
    }

    [Fact]
    public async Task Zero_ThatIsAwaited_IsAnsweredWhenThoseBeforeItHaveGoneAndAWorkerStaysFree()
    {
        using var running = _limiter.AttemptAcquire();
        var before = _limiter.AcquireAsync().AsTask();
        var probe = _limiter.AcquireAsync(0).AsTask();

        _queue.Update(settings => settings.Workers = 3);

        using var granted = await before;
        Assert.True((await probe).IsAcquired);
        // Nothing remains that would make a new job wait although a worker is free.
        Assert.True(_queue.EnterAsync().Admitted().IsAdmitted);
    }

    [Fact]
    public async Task Permits_BeyondTheLimitOfAKey_ThrowAndLeaveTheLimiterIdle()
    {
        _queue.Update(settings => (settings.Workers, settings.MaxWorkersPerKey) = (10, 2));

        Assert.Throws<ArgumentOutOfRangeException>(() => _limiter.AttemptAcquire(3));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _limiter.AcquireAsync(3));

        Assert.NotNull(_limiter.IdleDuration);
    }
}

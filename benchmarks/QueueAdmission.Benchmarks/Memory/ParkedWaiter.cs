using System.Threading.RateLimiting;

namespace QueueAdmission.Benchmarks.Memory;

/// <summary>
/// Measures the live bytes of a waiting job that has a separate token and a limit on the wait, and the bytes that
/// remain after all such jobs have left.
/// </summary>
/// <remarks>
/// The token sources are created beforehand and do not count. The registration with the token does count, because every
/// waiter that can leave needs one. The task returned by <c>EnterAsync</c> or the peer's method is kept but not
/// awaited, since the caller's state machine would be the same for all.
/// </remarks>
internal static class ParkedWaiter
{
    private const int Cold = 50_000;
    private const int Pooled = 1_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static IEnumerable<Row> Measure()
    {
        var cold = MeasureQueue(Cold);
        using var warm = NewQueue();
        MeasureGranted(warm);
        var pooled = MeasureGranted(warm);
        var semaphore = MeasureSemaphore();
        var limiter = MeasureLimiter();
        var token = MeasureParked(Cold, static token => token.UnsafeRegister(static _ => { }, null)).PerWaiter;

        var peers = $"SemaphoreSlim {semaphore.PerWaiter.Show("N0")} B; "
            + $"ConcurrencyLimiter, which has no limit on the wait, {limiter.PerWaiter.Show("N0")} B; "
            + $"the token's own {token.Show("N0")} B";
        var ratio = $"{(cold.PerWaiter / semaphore.PerWaiter).Show("N2")} × SemaphoreSlim";
        yield return new Row(
            80, "parked waiter with its own token and a wait limit, cold", peers, $"{cold.PerWaiter.Show("N0")} B",
            ratio, "≤ 256 B", cold.PerWaiter <= 256.5);
        yield return new Row(
            81, "the same, pooled", $"the token's own {token.Show("N0")} B", $"{pooled.Show("N0")} B", "",
            "only the token's", pooled <= token + 1);
        yield return new Row(
            82, "what is left when 50,000 waiters have left",
            $"SemaphoreSlim {ShowKilobytes(semaphore.Left)}; ConcurrencyLimiter {ShowKilobytes(limiter.Left)}",
            ShowKilobytes(cold.Left), "", "at most the pool of 1,024 waiters, 120 KB", cold.Left <= 120 * 1_024);
    }

    private static JobQueue NewQueue()
    {
        var queue = new JobQueue(new JobQueueOptions { Workers = 1, PartitionCapacity = Cold, MaxWait = Limit });
        queue.Pause();
        return queue;
    }

    private static Parked MeasureQueue(int count)
    {
        using var queue = NewQueue();
        return MeasureParked(count, queue.EnterAsync);
    }

    private static Parked MeasureSemaphore()
    {
        using var semaphore = new SemaphoreSlim(0);
        return MeasureParked(Cold, token => semaphore.WaitAsync(Limit, token));
    }

    private static Parked MeasureLimiter()
    {
        using var limiter = new ConcurrencyLimiter(
            new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = Cold });
        using var held = limiter.AttemptAcquire();
        return MeasureParked(Cold, token => limiter.AcquireAsync(1, token));
    }

    /// <summary>
    /// Parks waiters and then admits them, so that they return to the pool. There are fewer waiters than the pool
    /// holds.
    /// </summary>
    private static double MeasureGranted(JobQueue queue)
    {
        var sources = NewSources(Pooled);
        var pending = new ValueTask<QueueLease>[Pooled];
        var before = Live();
        for (var i = 0; i < Pooled; i++)
            pending[i] = queue.EnterAsync(sources[i].Token);
        var parked = Live();

        queue.Resume();
        foreach (var one in pending)
            one.AsTask().Result.Dispose();
        queue.Pause();
        return (double)(parked - before) / Pooled;
    }

    /// <summary>Parks waiters and then cancels them.</summary>
    private static Parked MeasureParked<TPending>(int count, Func<CancellationToken, TPending> park)
    {
        var start = Live();
        var sources = NewSources(count);
        var pending = new TPending[count];
        var before = Live();
        for (var i = 0; i < count; i++)
            pending[i] = park(sources[i].Token);
        var parked = Live();

        foreach (var source in sources)
            source.Cancel();
        foreach (var one in pending)
            Forget(one);
        GC.KeepAlive(sources);
        sources = null;
        pending = null;
        // Continuations of cancelled waits may still be queued in the thread pool.
        while (ThreadPool.PendingWorkItemCount > 0)
            Thread.Yield();
        return new Parked((double)(parked - before) / count, Math.Max(0, Live() - start));
    }

    private static CancellationTokenSource[] NewSources(int count)
    {
        var sources = new CancellationTokenSource[count];
        for (var i = 0; i < count; i++)
            sources[i] = new CancellationTokenSource();
        return sources;
    }

    /// <summary>Observes the result, as a caller would.</summary>
    private static void Forget<TPending>(TPending pending)
    {
        try
        {
            switch (pending)
            {
                case ValueTask<QueueLease> lease:
                    lease.AsTask().Wait();
                    break;
                case ValueTask<RateLimitLease> lease:
                    lease.AsTask().Wait();
                    break;
                case Task task:
                    task.Wait();
                    break;
            }
        }
        catch (AggregateException)
        {
            // Expected: the wait was canceled.
        }
    }

    private static long Live()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static string ShowKilobytes(long bytes) => $"{(bytes / 1024.0).Show("N0")} KB";

    private readonly record struct Parked(double PerWaiter, long Left);
}

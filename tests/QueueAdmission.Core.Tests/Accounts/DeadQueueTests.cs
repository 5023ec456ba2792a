using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Accounts;

/// <summary>Verifies that objects that are pooled for later jobs do not keep an unreferenced queue alive.</summary>
public sealed class DeadQueueTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Queue_EnteredOnThisThread_IsCollected(bool disposed) => AssertCollected(() =>
    {
        var queue = new JobQueue(Settings());
        queue.TryEnter().Dispose();
        if (disposed)
            queue.Dispose();
        return queue;
    });

    [Fact]
    public void Queue_WithLeasesThatAnotherThreadDisposed_IsCollected() => AssertCollected(() =>
    {
        var queue = new JobQueue(Settings(workers: 3));
        var leases = queue.TakeAllWorkers();
        var other = new Thread(() => Array.ForEach(leases, lease => lease.Dispose()));
        other.Start();
        other.Join();
        return queue;
    });

    [Fact]
    public void Queue_WithManyLeasesAtOnce_IsCollected() => AssertCollected(() =>
    {
        // More workers than the cache of one thread holds: the remaining tickets go through the shared pool.
        var queue = new JobQueue(Settings(workers: 50));
        Array.ForEach(queue.TakeAllWorkers(), lease => lease.Dispose());
        Array.ForEach(queue.TakeAllWorkers(), lease => lease.Dispose());
        return queue;
    });

    [Fact]
    public void Queue_ThatJobsWaitedFor_IsCollected() => AssertCollected(() =>
    {
        var queue = new JobQueue(Settings());
        var holder = queue.TryEnter();
        var waiters = queue.ParkMany(3);
        holder.Dispose();
        foreach (var waiter in waiters)
            waiter.Admitted().Dispose();
        return queue;
    });

    [Fact]
    public void Queue_ThatTimedItsJobs_IsCollected() => AssertCollected(() =>
    {
        var queue = new JobQueue(new JobQueueOptions { Workers = 2, AdaptiveWorkers = true });
        Array.ForEach(queue.TakeAllWorkers(), lease => lease.Dispose());
        return queue;
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Queue_OfAProgramWithMeters_IsCollectedWhileTheMetersLive(bool disposed)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = QueueMetrics.For(services)!;
        using var watch = new MeterWatch(services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());

        AssertCollected(() =>
        {
            var queue = new JobQueue(Settings());
            metrics.Add(queue);
            Assert.NotEmpty(watch.Collect("queue_admission.worker.limit"));
            if (disposed)
                queue.Dispose();
            return queue;
        });

        Assert.Empty(watch.Collect("queue_admission.worker.limit"));
    }

    /// <summary>
    /// A lease that has not been released still needs its queue, even if nothing else refers to the queue.
    /// </summary>
    [Fact]
    public async Task Queue_WithALeaseOut_LivesAndHandsItsWorkerOn()
    {
        var (lease, waiting) = Enter();
        Collect();

        lease.Dispose();

        Assert.True((await waiting).IsAdmitted);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (QueueLease, ValueTask<QueueLease>) Enter()
        {
            var queue = new JobQueue(Settings());
            return (queue.TryEnter(), queue.Park());
        }
    }

    [Fact]
    public void Lease_DisposedAgainAfterItsTicketWasFreed_AndAskedForMore_DoesNothing()
    {
        using var queue = new JobQueue(Settings());
        var old = queue.TryEnter();
        old.Dispose();

        old.ReportOverload();
        old.IgnoreLatency();
        old.Dispose();

        Assert.Equal((0, 1L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    private static void AssertCollected(Func<JobQueue> use)
    {
        var queue = Use(use);
        Collect();
        Assert.False(queue.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Use(Func<JobQueue> use) => new(use());

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}

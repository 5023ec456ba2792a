using System.Collections.Concurrent;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Accounts;

public sealed class LeaseTests
{
    [Fact]
    public void Lease_DisposedTwice_FreesOnce()
    {
        using var queue = new JobQueue(Settings(workers: 2));
        var lease = queue.TryEnter();
        queue.TryEnter();

        lease.Dispose();
        lease.Dispose();

        Assert.Equal((1, 1L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public void Lease_CopiedAndDisposedEachTime_FreesOnce()
    {
        using var queue = new JobQueue(Settings(workers: 2));
        var lease = queue.TryEnter();
        var copy = lease;
        IDisposable boxed = copy;
        queue.TryEnter();

        boxed.Dispose();
        copy.Dispose();
        lease.Dispose();

        Assert.Equal((1, 1L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public void Lease_DisposedAgainAfterOthersCame_FreesNoOtherWorker()
    {
        using var queue = new JobQueue(Settings(workers: 2));
        var old = queue.TryEnter();
        old.Dispose();
        queue.TryEnter();
        queue.TryEnter();

        old.Dispose();

        Assert.Equal(2, queue.GetSnapshot().Running);
    }

    [Fact]
    public void Lease_OfOneQueue_DisposedAgain_FreesNothingInAnother()
    {
        using var one = new JobQueue(Settings());
        using var other = new JobQueue(Settings());
        var old = one.TryEnter();
        old.Dispose();
        other.TryEnter();

        old.Dispose();

        Assert.Equal((0, 1), (one.GetSnapshot().Running, other.GetSnapshot().Running));
    }

    [Fact]
    public void Lease_DisposedByManyThreadsAtOnce_FreesOnce()
    {
        const int Threads = 4;
        const int Rounds = 2_000;
        using var queue = new JobQueue(Settings(workers: 2));
        queue.TryEnter();
        var lease = default(QueueLease);
        using var together = new Barrier(Threads, _ => lease = queue.TryEnter());

        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                together.SignalAndWait();
                lease.Dispose();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(
            (1, (long)Rounds, 0L),
            (queue.GetSnapshot().Running, queue.GetSnapshot().Ran, queue.GetSnapshot().Rejected));
    }

    [Fact]
    public void Lease_TakenOnOneThreadAndDisposedOnAnother_IsFreed()
    {
        using var queue = new JobQueue(Settings(workers: 100));
        var leases = queue.TakeAllWorkers();

        var other = new Thread(() => Array.ForEach(leases, lease => lease.Dispose()));
        other.Start();
        other.Join();

        Assert.Equal((0, 100L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
        queue.TakeAllWorkers();
    }

    /// <summary>
    /// Each thread holds several leases at once and lets other threads dispose them, so that tickets move between all
    /// threads.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Leases_PassedBetweenThreads_AllComeBackOnce(int seed)
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 1_000, PartitionCapacity = 0 });
        var passed = new ConcurrentQueue<QueueLease>();
        var threads = Enumerable.Range(0, 6)
            .Select(number => new Thread(() => HoldAndPass(new Random((100 * seed) + number)))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        foreach (var lease in passed)
            lease.Dispose();

        var books = queue.GetSnapshot();
        Assert.Equal((0, books.Arrived), (books.Running, books.Ran + books.Rejected));

        void HoldAndPass(Random random)
        {
            var own = new Stack<QueueLease>();
            for (var step = 0; step < 100_000; step++)
            {
                var action = random.Next(4);
                if (action == 0)
                    own.Push(queue.TryEnter());
                else if (action == 1)
                    passed.Enqueue(queue.TryEnter());
                else if (action == 2 ? passed.TryDequeue(out var lease) : own.TryPop(out lease))
                    lease.Dispose();
            }
            foreach (var lease in own)
                lease.Dispose();
        }
    }

    [Fact]
    public void Lease_Refused_DisposesToNothing()
    {
        using var queue = new JobQueue(Settings(capacity: 0));
        queue.TakeAllWorkers();
        var refused = queue.TryEnter();

        refused.Dispose();

        Assert.Equal((1, 0L), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Fact]
    public void Lease_Default_IsNeitherAdmittedNorRefused()
    {
        var none = default(QueueLease);

        none.Dispose();

        Assert.False(none.IsAdmitted);
        Assert.Null(none.Rejection);
    }
}

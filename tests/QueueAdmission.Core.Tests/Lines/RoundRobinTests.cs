using System.Threading.RateLimiting;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Lines;

public sealed class RoundRobinTests
{
    [Fact]
    public void Placing_IntoSeveralPartitions_GoesRound()
    {
        using var queue = new JobQueue(Settings(partitions: 3));
        queue.TakeAllWorkers();

        queue.ParkMany(5);

        Assert.Equal([2, 2, 1], queue.GetSnapshot().WaitingByPartition);
    }

    [Fact]
    public void Placing_WhereTheNextPartitionIsFull_TakesItsSibling()
    {
        using var queue = new JobQueue(Settings(partitions: 3, capacity: 2));
        queue.TakeAllWorkers();
        using var canceller = new CancellationTokenSource();
        queue.ParkMany(4);
        queue.Park(canceller.Token);
        queue.Park();
        canceller.Cancel();
        Assert.Equal([2, 1, 2], queue.GetSnapshot().WaitingByPartition);

        queue.Park();

        Assert.Equal([2, 2, 2], queue.GetSnapshot().WaitingByPartition);
    }

    [Fact]
    public void Placing_WhereAllPartitionsAreFull_IsAnOverflow()
    {
        using var queue = new JobQueue(Settings(partitions: 3, capacity: 2));
        queue.TakeAllWorkers();
        queue.ParkMany(6);

        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync().Refused());
        Assert.Equal(6, queue.GetSnapshot().Waiting);
    }

    [Fact]
    public void Serving_OnePartition_IsInTheOrderOfArrival()
    {
        using var queue = new JobQueue(Settings());
        var lease = queue.TakeAllWorkers().Single();
        var waiters = queue.ParkMany(4);

        foreach (var waiter in waiters)
        {
            lease.Dispose();
            lease = waiter.Admitted();
        }
    }

    [Fact]
    public void Serving_TheNewestFirst_IsInReverse()
    {
        using var queue = new JobQueue(Settings());
        queue.Update(settings => settings.Order = QueueProcessingOrder.NewestFirst);
        var holder = queue.TakeAllWorkers().Single();

        Assert.Equal([3, 2, 1, 0], ServeAll(holder, queue.ParkMany(4)));
    }

    [Fact]
    public void Placing_TheNewestFirstIntoAFullQueue_DisplacesTheOldest()
    {
        using var queue = new JobQueue(Settings(partitions: 2, capacity: 1));
        queue.Update(settings => settings.Order = QueueProcessingOrder.NewestFirst);
        queue.TakeAllWorkers();
        var waiters = queue.ParkMany(2);

        queue.Park();

        Assert.Equal(RejectionReason.Displaced, waiters[0].Refused());
        Assert.False(waiters[1].IsCompleted);
        Assert.Equal([1, 1], queue.GetSnapshot().WaitingByPartition);
    }

    [Fact]
    public void Placing_TheNewestFirstWithoutPlaces_IsAnOverflow()
    {
        using var queue = new JobQueue(Settings(capacity: 0));
        queue.Update(settings => settings.Order = QueueProcessingOrder.NewestFirst);
        queue.TakeAllWorkers();

        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync().Refused());
    }

    [Fact]
    public void Serving_SeveralPartitions_GoesRound()
    {
        using var queue = new JobQueue(Settings(partitions: 2));
        var holder = queue.TakeAllWorkers().Single();
        // Partition 0 contains the waiters 0 and 2, and partition 1 the waiters 1 and 3.
        var waiters = queue.ParkMany(4);

        Assert.Equal([0, 1, 2, 3], ServeAll(holder, waiters));
    }

    [Fact]
    public void Serving_WhereOnePartitionIsLonger_AlternatesUntilTheOtherIsEmpty()
    {
        using var queue = new JobQueue(Settings(partitions: 2));
        var holder = queue.TakeAllWorkers().Single();
        var cancellers = Enumerable.Range(0, 6).Select(_ => new CancellationTokenSource()).ToArray();
        var waiters = cancellers.Select(canceller => queue.Park(canceller.Token)).ToArray();
        // Partition 0 keeps the waiters 0, 2 and 4. Partition 1 keeps only the waiter 5.
        cancellers[1].Cancel();
        cancellers[3].Cancel();
        ValueTask<QueueLease>[] rest = [waiters[0], waiters[2], waiters[4], waiters[5]];

        Assert.Equal([0, 3, 1, 2], ServeAll(holder, rest));
    }

    [Fact]
    public void Serving_SeveralFreeWorkersAtOnce_TakesOneFromEachPartition()
    {
        using var queue = new JobQueue(Settings(partitions: 3));
        queue.TakeAllWorkers();
        var waiters = queue.ParkMany(6);

        queue.Update(o => o.Workers = 4);

        Assert.Equal([0, 1, 2], waiters.Answered());
        Assert.Equal([1, 1, 1], queue.GetSnapshot().WaitingByPartition);
    }

    [Fact]
    public void Leaving_FromTheMiddleOfALine_KeepsTheOrderOfTheOthers()
    {
        using var queue = new JobQueue(Settings());
        var holder = queue.TakeAllWorkers().Single();
        using var canceller = new CancellationTokenSource();
        var first = queue.Park();
        queue.Park(canceller.Token);
        var third = queue.Park();
        var fourth = queue.Park();

        canceller.Cancel();

        Assert.Equal([0, 1, 2], ServeAll(holder, [first, third, fourth]));
    }

    /// <summary>Passes the worker on until no job waits. Returns the order in which the jobs had it.</summary>
    private static List<int> ServeAll(QueueLease holder, ValueTask<QueueLease>[] waiters)
    {
        var order = new List<int>();
        while (order.Count < waiters.Length)
        {
            holder.Dispose();
            var next = Enumerable.Range(0, waiters.Length).Except(order).Single(i => waiters[i].IsCompleted);
            order.Add(next);
            holder = waiters[next].Admitted();
        }
        return order;
    }
}

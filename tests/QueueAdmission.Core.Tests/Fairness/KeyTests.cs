using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Fairness;

public sealed class KeyTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Key_WhoseHandIsFull_IsRefusedWhileOthersHaveRoom()
    {
        using var queue = Keyed(capacity: 2);
        queue.TryEnter();
        var greedy = Enumerable.Range(0, 20).Select(_ => queue.EnterAsync(new JobTraits { Key = "greedy" })).ToArray();

        Assert.Equal(16, greedy.Count(entering => !entering.IsCompleted));
        Assert.All(greedy[16..], entering => Assert.Equal(RejectionReason.PartitionFull, entering.Refused()));
        Assert.False(queue.EnterAsync(new JobTraits { Key = "modest" }).IsCompleted);
    }

    [Fact]
    public void Queue_ThatIsFullForEveryKey_SaysSo()
    {
        using var queue = Keyed(capacity: 1, partitions: 2);
        queue.TryEnter();
        queue.EnterAsync(new JobTraits { Key = "a" });
        queue.EnterAsync(new JobTraits { Key = "b" });

        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync(new JobTraits { Key = "c" }).Refused());
    }

    [Fact]
    public void Key_WhoseHandIsFull_DisplacesNoOtherKeyWhereTheNewestGoesFirst()
    {
        using var queue = Keyed(capacity: 1, partitions: 1);
        queue.Update(settings => settings.Order = QueueProcessingOrder.NewestFirst);
        queue.TryEnter();
        var modest = queue.EnterAsync(new JobTraits { Key = "modest" });

        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync(new JobTraits { Key = "greedy" }).Refused());
        Assert.False(modest.IsCompleted);
    }

    [Fact]
    public void Key_AtItsLimit_HasItsNewestServedFirstWhereTheNewestGoesFirst()
    {
        using var queue = new JobQueue(new JobQueueOptions { Workers = 2, MaxWorkersPerKey = 1, PartitionCapacity = 2, Order = QueueProcessingOrder.NewestFirst });
        var key = new JobTraits { Key = "a" };
        var running = queue.TryEnter(key);
        var waiters = Enumerable.Range(0, 3).Select(_ => queue.EnterAsync(key)).ToArray();
        Assert.Equal(RejectionReason.Displaced, waiters[0].Refused());

        running.Dispose();

        Assert.False(waiters[1].IsCompleted);
        waiters[2].Admitted().Dispose();
        waiters[1].Admitted().Dispose();
    }

    [Fact]
    public void Key_JoinsTheShortestOfItsHand()
    {
        using var queue = Keyed(capacity: 10);
        queue.TryEnter();

        for (var i = 0; i < 24; i++)
            queue.EnterAsync(new JobTraits { Key = "a" });

        Assert.Equal(8, queue.GetSnapshot().WaitingByPartition.Count(count => count == 3));
    }

    [Fact]
    public void JobsWithoutAKey_ShareOneHand()
    {
        using var queue = Keyed(capacity: 10);
        queue.TryEnter();

        for (var i = 0; i < 24; i++)
            queue.EnterAsync(i % 2 == 0 ? default : new JobTraits { Key = "" });

        Assert.Equal(8, queue.GetSnapshot().WaitingByPartition.Count(count => count == 3));
    }

    [Fact]
    public void Partitions_AreServedByTheWorkTheirJobsTake()
    {
        using var queue = Keyed(capacity: 100, partitions: 1_000);
        var turns = new Turns(queue, _time);
        var (brief, lengthy) = ("brief", "lengthy");
        turns.ParkMany(400, brief, new JobTraits { Key = brief });
        turns.ParkMany(400, lengthy, new JobTraits { Key = lengthy });
        var work = new Dictionary<string, int> { [brief] = 0, [lengthy] = 0 };

        var running = turns.Pass();
        for (var i = 0; i < 400; i++)
        {
            var milliseconds = running == lengthy ? 40 : 10;
            work[running] += milliseconds;
            running = turns.Pass(milliseconds);
        }

        Assert.InRange((double)work[brief] / work[lengthy], 0.85, 1.15);
    }

    [Fact]
    public void Key_AtItsLimit_WaitsAndHoldsUpNoOtherKey()
    {
        using var queue = Limited(workers: 3, most: 1);
        var first = queue.TryEnter(new JobTraits { Key = "a" });
        var second = queue.EnterAsync(new JobTraits { Key = "a" });
        Assert.False(second.IsCompleted);

        using var other = queue.EnterAsync(new JobTraits { Key = "b" }).Admitted();

        Assert.Equal(RejectionReason.KeyLimit, queue.TryEnter(new JobTraits { Key = "a" }).Rejection!.Value.Reason);
        first.Dispose();
        second.Admitted();
    }

    [Fact]
    public void Key_AtItsLimitWithNowhereToWait_IsToldSo()
    {
        using var queue = Limited(workers: 3, most: 1, capacity: 0);
        queue.TryEnter(new JobTraits { Key = "a" });

        Assert.Equal(RejectionReason.KeyLimit, queue.EnterAsync(new JobTraits { Key = "a" }).Refused());
        Assert.True(queue.EnterAsync(new JobTraits { Key = "b" }).Admitted().IsAdmitted);
    }

    [Fact]
    public void Waiters_OfAKeyAtItsLimit_KeepTheirOrder()
    {
        using var queue = Limited(workers: 4, most: 1);
        var running = queue.TryEnter(new JobTraits { Key = "a" });
        var waiting = Enumerable.Range(0, 5).Select(_ => queue.EnterAsync(new JobTraits { Key = "a" })).ToArray();

        foreach (var waiter in waiting)
        {
            Assert.False(waiter.IsCompleted);
            running.Dispose();
            running = waiter.Admitted();
        }
    }

    [Fact]
    public void KeyLimit_WhenItIsRaised_StartsTheJobsThatWaitedForIt()
    {
        using var queue = Limited(workers: 4, most: 1);
        queue.TryEnter(new JobTraits { Key = "a" });
        var waiting = Enumerable.Range(0, 3).Select(_ => queue.EnterAsync(new JobTraits { Key = "a" })).ToArray();

        queue.Update(o => o.MaxWorkersPerKey = 3);

        Assert.Equal([0, 1], waiting.Answered());
        queue.Update(o => o.MaxWorkersPerKey = null);
        Assert.Equal([0, 1, 2], waiting.Answered());
    }

    private JobQueue Keyed(int capacity, int? partitions = null)
    {
        var settings = Settings(capacity: capacity);
        settings.Partitions = partitions ?? 64;
        settings.PartitionByKey = true;
        return new JobQueue(settings, _time, "keyed", keySalt: 1);
    }

    private static JobQueue Limited(int workers, int most, int capacity = 10)
    {
        var settings = Settings(workers, capacity: capacity);
        settings.MaxWorkersPerKey = most;
        return new JobQueue(settings);
    }

    [Fact]
    public void LimitOfAKey_SwitchedOffAndOnAgain_LeavesNothingOfTheEarlierLines()
    {
        var traits = new JobTraits { Key = "k" };
        using var queue = new JobQueue(new JobQueueOptions { Workers = 4, MaxWorkersPerKey = 1 });
        var first = queue.TryEnter(traits);
        var second = queue.EnterAsync(traits, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);

        queue.Update(settings => settings.MaxWorkersPerKey = null);
        var lease = second.Admitted();
        queue.Update(settings => settings.MaxWorkersPerKey = 2);
        first.Dispose();
        lease.Dispose();

        var books = queue.GetSnapshot();
        Assert.Equal((0, 0, 2L), (books.Running, books.Waiting, books.Ran));
    }
}

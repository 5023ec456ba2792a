using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Fairness;

public sealed class KeyTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Key_WithoutRoom_IsRefusedWhileOthersHaveRoom()
    {
        using var queue = Keyed(maxWaiting: 20, perKey: 16);
        queue.TryEnter();
        var greedy = Enumerable.Range(0, 20).Select(_ => queue.EnterAsync(new JobTraits { Key = "greedy" })).ToArray();

        Assert.Equal(16, greedy.Count(entering => !entering.IsCompleted));
        Assert.All(greedy[16..], entering => Assert.Equal(RejectionReason.PartitionFull, entering.Refused()));
        Assert.False(queue.EnterAsync(new JobTraits { Key = "modest" }).IsCompleted);
    }

    [Fact]
    public void Queue_ThatIsFullForEveryKey_SaysSo()
    {
        using var queue = Keyed(maxWaiting: 2, perKey: 1);
        queue.TryEnter();
        queue.EnterAsync(new JobTraits { Key = "a" });
        queue.EnterAsync(new JobTraits { Key = "b" });

        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync(new JobTraits { Key = "c" }).Refused());
    }

    [Fact]
    public void Key_WithoutRoom_DisplacesNoOtherKeyWhereTheNewestGoesFirst()
    {
        using var queue = Keyed(maxWaiting: 1, perKey: 1);
        queue.Update(settings => settings.Order = QueueProcessingOrder.NewestFirst);
        queue.TryEnter();
        var modest = queue.EnterAsync(new JobTraits { Key = "modest" });

        Assert.Equal(RejectionReason.QueueFull, queue.EnterAsync(new JobTraits { Key = "greedy" }).Refused());
        Assert.False(modest.IsCompleted);
    }

    [Fact]
    public void Key_AtItsLimit_HasItsNewestServedFirstWhereTheNewestGoesFirst()
    {
        using var queue = new JobQueue(new JobQueueOptions
        {
            Workers = 2,
            MaxWorkersPerKey = 1,
            PartitionCapacity = 2,
            Order = QueueProcessingOrder.NewestFirst,
        });
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
    public void Key_HasOnePartitionForItself()
    {
        using var queue = Keyed();
        queue.TryEnter();

        for (var i = 0; i < 24; i++)
            queue.EnterAsync(new JobTraits { Key = $"{i % 3}" });

        Assert.Equal([8, 8, 8], queue.GetSnapshot().WaitingByPartition.Where(count => count > 0));
    }

    [Fact]
    public void JobsWithoutAKey_AreThoseOfOneKey()
    {
        using var queue = Keyed();
        queue.TryEnter();

        for (var i = 0; i < 24; i++)
            queue.EnterAsync(i % 2 == 0 ? default : new JobTraits { Key = "" });

        Assert.Equal([24], queue.GetSnapshot().WaitingByPartition.Where(count => count > 0));
    }

    [Fact]
    public void FurtherKeys_ThanThereArePartitions_JoinTheShortestOfTheirHands()
    {
        using var queue = Keyed(partitions: 64);
        queue.TryEnter();

        for (var i = 0; i < 640; i++)
            queue.EnterAsync(new JobTraits { Key = $"{i}" });

        Assert.All(queue.GetSnapshot().WaitingByPartition, count => Assert.InRange(count, 8, 12));
    }

    [Fact]
    public void Partition_OfAKeyThatHasLeft_GoesToTheNextOne()
    {
        using var queue = Keyed(partitions: 2);
        queue.TryEnter();
        using var canceller = new CancellationTokenSource();
        queue.EnterAsync(new JobTraits { Key = "a" }, canceller.Token);
        queue.EnterAsync(new JobTraits { Key = "b" });
        canceller.Cancel();

        queue.EnterAsync(new JobTraits { Key = "c" });

        Assert.Equal([1, 1], queue.GetSnapshot().WaitingByPartition);
    }

    [Fact]
    public void Keys_AreServedByTheWorkTheirJobsTake()
    {
        using var queue = Keyed(perKey: 400);
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

    private JobQueue Keyed(int maxWaiting = 1_000, int perKey = 100, int? partitions = null)
    {
        var settings = new JobQueueOptions
        {
            Workers = 1,
            MaxWait = Timeout.InfiniteTimeSpan,
            PartitionByKey = true,
            MaxWaiting = maxWaiting,
            MaxWaitingPerKey = perKey,
        };
        if (partitions is { } given)
            settings.Partitions = given;
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

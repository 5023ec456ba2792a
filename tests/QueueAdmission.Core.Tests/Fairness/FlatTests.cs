using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Fairness;

/// <summary>
/// Verifies that locked sections do not take longer if more jobs wait. The tests count steps and do not measure time.
/// </summary>
public sealed class FlatTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void FirstPriority_InAQueueWithManyWaiters_LooksAtNoneOfThem()
    {
        Assert.Equal(BytesOfFirstPriority(waiters: 1_000), BytesOfFirstPriority(waiters: 50_000), tolerance: 4_096);
    }

    [Theory]
    [InlineData(QueueProcessingOrder.OldestFirst)]
    [InlineData(QueueProcessingOrder.NewestFirst)]
    public void FirstPriority_TakesTheWaitersOverInTheirOrder(QueueProcessingOrder order)
    {
        var settings = Settings(partitions: 3, capacity: 4);
        settings.Order = order;
        using var queue = new JobQueue(settings, _time);
        var running = queue.TryEnter();
        var waiting = queue.ParkMany(12);
        var isNewestFirst = order == QueueProcessingOrder.NewestFirst;

        // Two jobs of higher priorities take the places of the jobs that would be served last.
        var critical = queue.EnterAsync(new JobTraits { Priority = JobPriority.Critical });
        var high = queue.EnterAsync(new JobTraits { Priority = JobPriority.High });

        int[] displaced = isNewestFirst ? [0, 1] : [10, 11];
        Assert.Equal(displaced, waiting.Answered());
        Assert.Equal(12, queue.GetSnapshot().WaitingByPartition.Sum());
        running.Dispose();
        running = critical.Admitted();
        running.Dispose();
        running = high.Admitted();
        var served = new List<int>();
        while (served.Count < 10)
        {
            running.Dispose();
            var next = Enumerable.Range(0, 12).Except(displaced).Except(served).Single(i => waiting[i].IsCompleted);
            served.Add(next);
            running = waiting[next].Admitted();
        }
        Assert.Equal(isNewestFirst ? [9, 10, 11, 6, 7, 8, 3, 4, 5, 2] : Enumerable.Range(0, 10), served);
    }

    [Fact]
    public void Displacing_WithALimitOfKeys_TakesAsManyStepsWithAnyNumberOfWaiters()
    {
        Assert.Equal(StepsOfDisplacing(waiters: 100), StepsOfDisplacing(waiters: 20_000));
    }

    [Fact]
    public void Displacing_WithALimitOfKeys_FindsTheNewestThatWasSetAside()
    {
        using var queue = new JobQueue(Limited(waiters: 4), _time);
        queue.TryEnter(new JobTraits { Key = "a" });
        var waiting = Enumerable.Range(0, 4).Select(_ => queue.EnterAsync(new JobTraits { Key = "a" })).ToArray();

        queue.EnterAsync(new JobTraits { Key = "a", Priority = JobPriority.High });

        Assert.Equal([3], waiting.Answered());
        Assert.Equal(RejectionReason.Displaced, waiting[3].Refused());
    }

    [Fact]
    public void Section_OfOverloadControlByKey_LooksAtFewLines()
    {
        var few = StepsOfSection(keys: 64);
        var many = StepsOfSection(keys: 4_096);

        // The heaps have 6 and 12 levels.
        Assert.InRange(many, 0, few + 60);
    }

    [Fact]
    public void Waiter_ThatComesBackIntoTheMiddleOfALine_KeepsItsAge()
    {
        using var queue = new JobQueue(
            new JobQueueOptions { Workers = 2, MaxWorkersPerKey = 1, MaxWait = Timeout.InfiniteTimeSpan }, _time);
        var a = queue.TryEnter(new JobTraits { Key = "a" });
        var b = queue.TryEnter(new JobTraits { Key = "b" });
        var waiting = new[] { "b", "a", "b", "a", "c", "c" }
            .Select(key => queue.EnterAsync(new JobTraits { Key = key }))
            .ToArray();

        a.Dispose();

        // The oldest waiter whose key may have another worker.
        Assert.Equal([1], waiting.Answered());
        b.Dispose();
        Assert.Equal([0, 1], waiting.Answered());
        waiting[0].Admitted().Dispose();
        Assert.True(waiting[2].IsCompleted);
        waiting[2].Admitted().Dispose();
        Assert.True(waiting[4].IsCompleted);
        Assert.False(waiting[3].IsCompleted);
    }

    [Theory]
    [InlineData("expiry", false)]
    [InlineData("expiry", true)]
    [InlineData("deadlines", true)]
    [InlineData("drain", false)]
    [InlineData("drain", true)]
    [InlineData("stop", true)]
    [InlineData("dispose", false)]
    public void ManyWaiters_RefusedAtOnce_LeaveInShortSections(string why, bool byKey)
    {
        const int Waiters = 20_500;
        using var queue = new JobQueue(
            new JobQueueOptions
            {
                Workers = 1,
                MaxWait = TimeSpan.FromSeconds(10),
                PartitionByKey = byKey,
                MaxWaiting = Waiters,
                MaxWaitingPerKey = byKey ? Waiters : null,
            },
            _time);
        queue.TryEnter();
        var waiting = Enumerable.Range(0, Waiters)
            .Select(i => queue.EnterAsync(new JobTraits
            {
                Key = byKey ? $"{i % 100}" : null,
                Deadline = why == "deadlines" ? TimeSpan.FromSeconds(5) : null,
            }))
            .ToArray();
        switch (why)
        {
            case "drain":
                queue.DrainAsync(rejectWaiting: true);
                break;
            case "stop":
                queue.RefuseCallers();
                break;
            case "dispose":
                queue.Dispose();
                break;
            default:
                _time.Advance(TimeSpan.FromSeconds(10));
                break;
        }

        var reason = why is "expiry" or "deadlines" ? RejectionReason.WaitTimeout : RejectionReason.Draining;
        Assert.All(waiting, waiter => Assert.Equal(reason, waiter.Refused()));
        Assert.Equal(1_000, queue.Engine.Read(0, static (in EngineView view, int _) => view.Departures.MostInSection));
    }

    private long BytesOfFirstPriority(int waiters)
    {
        using var queue = new JobQueue(Settings(partitions: 4, capacity: waiters), _time);
        queue.TryEnter();
        queue.ParkMany(waiters);
        // Exclude one-time costs such as compilation.
        using (var other = new JobQueue(Settings(partitions: 4), _time))
        {
            other.TryEnter();
            other.ParkMany(2);
            _ = other.EnterAsync(new JobTraits { Priority = JobPriority.High });
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = queue.EnterAsync(new JobTraits { Priority = JobPriority.High });
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private long StepsOfDisplacing(int waiters)
    {
        using var queue = new JobQueue(Limited(waiters), _time);
        queue.TryEnter(new JobTraits { Key = "a" });
        for (var i = 0; i < waiters; i++)
            _ = queue.EnterAsync(new JobTraits { Key = "a" });
        var before = Steps(queue);
        _ = queue.EnterAsync(new JobTraits { Key = "a", Priority = JobPriority.High });
        Assert.Equal(1, queue.GetSnapshot().RejectedByReason[RejectionReason.Displaced]);
        return Steps(queue) - before;
    }

    private long StepsOfSection(int keys)
    {
        var settings = new JobQueueOptions
        {
            Workers = 1,
            PartitionByKey = true,
            Partitions = keys,
            MaxWaiting = 4 * keys,
            OverloadControl = true,
            MaxWait = Timeout.InfiniteTimeSpan,
        };
        using var queue = new JobQueue(settings, _time);
        var turns = new Turns(queue, _time);
        for (var i = 0; i < 2 * keys; i++)
            turns.Park("any", new JobTraits { Key = $"{i % keys}" });
        for (var i = 0; i < 10; i++)
            turns.Pass(1);
        var before = Steps(queue);
        turns.Pass(1);
        return Steps(queue) - before;
    }

    private static JobQueueOptions Limited(int waiters) => new()
    {
        Workers = 2,
        MaxWorkersPerKey = 1,
        PartitionCapacity = waiters,
        MaxWait = Timeout.InfiniteTimeSpan,
    };

    private static long Steps(JobQueue queue) =>
        queue.Engine.Read(0, static (in EngineView view, int _) => ((FairLines)view.Room.Lines).Steps);
}

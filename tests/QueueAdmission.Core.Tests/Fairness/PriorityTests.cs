using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;
using static QueueAdmission.Doubles.Staging;

namespace QueueAdmission.Fairness;

public sealed class PriorityTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Classes_ThatAllWait_AreServedByTheirShares()
    {
        using var queue = new JobQueue(Settings(capacity: 200), _time);
        var turns = new Turns(queue, _time);
        turns.ParkMany(80, "low", new JobTraits { Priority = JobPriority.Low });
        turns.ParkMany(80, "high", new JobTraits { Priority = JobPriority.High });

        var served = Enumerable.Range(0, 68).Select(_ => turns.Pass()).ToList();

        Assert.Equal(4, served.Count(who => who == "low"));
    }

    [Theory]
    [InlineData(JobPriority.Low, JobPriority.Normal)]
    [InlineData(JobPriority.Normal, JobPriority.High)]
    [InlineData(JobPriority.High, JobPriority.Critical)]
    public void Class_BesideTheOneBelow_GetsFourTimesAsMuch(JobPriority lower, JobPriority higher)
    {
        using var queue = new JobQueue(Settings(capacity: 200), _time);
        var turns = new Turns(queue, _time);
        turns.ParkMany(80, "lower", new JobTraits { Priority = lower });
        turns.ParkMany(80, "higher", new JobTraits { Priority = higher });

        var served = Enumerable.Range(0, 50).Select(_ => turns.Pass()).ToList();

        Assert.Equal(10, served.Count(who => who == "lower"));
    }

    [Fact]
    public void Class_WithoutWaiters_HasNoClaimsFromThatTime()
    {
        using var queue = new JobQueue(Settings(capacity: 200), _time);
        var turns = new Turns(queue, _time);
        turns.ParkMany(50, "low", new JobTraits { Priority = JobPriority.Low });
        Assert.All(Enumerable.Range(0, 40), _ => turns.Pass());

        turns.ParkMany(20, "high", new JobTraits { Priority = JobPriority.High });
        var served = Enumerable.Range(0, 18).Select(_ => turns.Pass()).ToList();

        Assert.InRange(served.Count(who => who == "low"), 1, 2);
    }

    [Fact]
    public void FullQueue_ForAHigherClass_RefusesTheNewestOfTheLowest()
    {
        using var queue = new JobQueue(Settings(capacity: 3));
        queue.TryEnter();
        var older = queue.EnterAsync(new JobTraits { Priority = JobPriority.Low });
        var newer = queue.EnterAsync(new JobTraits { Priority = JobPriority.Low });
        var normal = queue.Park();

        var high = queue.EnterAsync(new JobTraits { Priority = JobPriority.High });

        Assert.Equal(RejectionReason.Displaced, newer.Refused());
        Assert.False(older.IsCompleted || normal.IsCompleted || high.IsCompleted);
        Assert.Equal(3, queue.GetSnapshot().Waiting);
    }

    [Fact]
    public void FullQueue_ForAnEqualClass_RefusesTheNewcomer()
    {
        using var queue = new JobQueue(Settings(capacity: 1));
        queue.TryEnter();
        queue.EnterAsync(new JobTraits { Priority = JobPriority.High });

        Assert.Equal(
            RejectionReason.QueueFull, queue.EnterAsync(new JobTraits { Priority = JobPriority.High }).Refused());
    }

    [Fact]
    public void Displacing_LeavesTheLowestClassASixteenthOfThePlaces()
    {
        using var queue = new JobQueue(Settings(capacity: 32));
        queue.TryEnter();
        var low = Enumerable.Range(0, 32).Select(_ => queue.EnterAsync(new JobTraits { Priority = JobPriority.Low }))
            .ToArray();

        var high = Enumerable.Range(0, 40).Select(_ => queue.EnterAsync(new JobTraits { Priority = JobPriority.High }))
            .ToArray();

        Assert.Equal([0, 1], Enumerable.Range(0, 32).Where(i => !low[i].IsCompleted));
        Assert.Equal(30, high.Count(entering => !entering.IsCompleted));
        Assert.All(
            high.Where(entering => entering.IsCompleted),
            entering => Assert.Equal(RejectionReason.QueueFull, entering.Refused()));
    }

    [Fact]
    public void Waiters_OfAPlainQueue_KeepTheirOrderWhenTheFirstPriorityComes()
    {
        using var queue = new JobQueue(Settings(partitions: 2));
        var running = queue.TryEnter();
        var waiting = queue.ParkMany(4);

        var high = queue.EnterAsync(new JobTraits { Priority = JobPriority.High });

        running.Dispose();
        running = high.Admitted();
        foreach (var waiter in waiting)
        {
            Assert.False(waiter.IsCompleted);
            running.Dispose();
            running = waiter.Admitted();
        }
    }
}

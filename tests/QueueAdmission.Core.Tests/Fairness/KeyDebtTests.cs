using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Fairness;

/// <summary>
/// Verifies that the debt of a key outlives its last job, and that the number of accounts is bounded.
/// </summary>
public sealed class KeyDebtTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Debt_OutlivesTheLastJobOfItsKey()
    {
        using var queue = Keyed();
        var turns = StartWithDebt(queue, debtor: "debtor", milliseconds: 100);

        turns.Park("debtor", new JobTraits { Key = "debtor" });

        // The other key has used 1 ms, and needs 100 ms to catch up.
        Assert.InRange(PassesUntil(turns, "debtor"), 90, 110);
    }

    [Fact]
    public void Debt_IsPaidWhenTheOthersHaveCaughtUp()
    {
        using var queue = Keyed();
        var turns = StartWithDebt(queue, debtor: "debtor", milliseconds: 20);
        for (var i = 0; i < 40; i++)
            turns.Pass(1);

        turns.Park("debtor", new JobTraits { Key = "debtor" });

        Assert.InRange(PassesUntil(turns, "debtor"), 1, 3);
        Assert.InRange(Accounts(queue), 1, 2);
    }

    [Fact]
    public void Debt_IsForgottenWhenAWorkerIsIdle()
    {
        using var queue = Keyed();
        var turns = StartWithDebt(queue, debtor: "debtor", milliseconds: 1_000, others: 3);
        while (queue.GetSnapshot().Waiting > 0)
            turns.Pass(1);
        turns.End(1);
        turns.Begin(new JobTraits { Key = "other" });
        turns.ParkMany(20, "other", new JobTraits { Key = "other" });

        turns.Park("debtor", new JobTraits { Key = "debtor" });

        Assert.InRange(PassesUntil(turns, "debtor"), 1, 3);
    }

    [Fact]
    public void Debts_OfManyKeys_AreBoundedByPlacesAndWorkers_AndTheGreatestStays()
    {
        using var queue = Keyed(maxWaiting: 30);
        var turns = StartWithDebt(queue, debtor: "debtor", milliseconds: 5_000, others: 20);
        var most = 0;
        for (var i = 0; i < 100; i++)
        {
            // Each invented key has one job of 50 ms, and owes 49 ms of it.
            turns.Park("invented", new JobTraits { Key = $"invented {i}" });
            most = Math.Max(most, Accounts(queue));
            while (PassAndParkAgain(turns) != "invented")
                Assert.Equal(20, queue.GetSnapshot().Waiting - 1);
            turns.Pass(50);
            turns.Park("other", new JobTraits { Key = "other" });
        }
        Assert.Equal(31, most);

        turns.Park("debtor", new JobTraits { Key = "debtor" });
        for (var i = 0; i < 100; i++)
            Assert.Equal("other", PassAndParkAgain(turns));
    }

    private static string PassAndParkAgain(Turns turns)
    {
        var next = turns.Pass(1);
        if (next == "other")
            turns.Park(next, new JobTraits { Key = next });
        return next;
    }

    [Fact]
    public void Accounts_OfAnIdleQueue_AreForgotten()
    {
        using var queue = Keyed();
        for (var i = 0; i < 100; i++)
        {
            using (queue.TryEnter(new JobTraits { Key = $"{i}" }))
                _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(Accounts(queue), 0, 2);
    }

    [Fact]
    public void Accounts_OfRunningAndWaitingJobs_EndWithThem()
    {
        using var queue = Keyed();
        var turns = new Turns(queue, _time);
        turns.ParkMany(3, "a", new JobTraits { Key = "a" });
        turns.ParkMany(3, "b", new JobTraits { Key = "b" });
        for (var i = 0; i < 6; i++)
            turns.Pass();
        turns.End(10);
        using (queue.TryEnter())
            Assert.InRange(Accounts(queue), 1, 3);
        using (queue.TryEnter())
            Assert.Equal(1, Accounts(queue));
    }

    /// <summary>Starts with a key that has had one long job, and another key that waits.</summary>
    private Turns StartWithDebt(JobQueue queue, string debtor, int milliseconds, int others = 290)
    {
        var turns = new Turns(queue, _time);
        turns.ParkMany(others, "other", new JobTraits { Key = "other" });
        turns.Park(debtor, new JobTraits { Key = debtor });
        Assert.InRange(PassesUntil(turns, debtor), 1, 3);
        turns.Pass(milliseconds);
        return turns;
    }

    private static int PassesUntil(Turns turns, string who)
    {
        for (var passes = 1; passes <= 280; passes++)
        {
            if (turns.Pass(1) == who)
                return passes;
        }
        return int.MaxValue;
    }

    private static int Accounts(JobQueue queue) =>
        queue.Engine.Read(0, static (in EngineView view, int _) => ((FairLines)view.Room.Lines).Accounts);

    private JobQueue Keyed(int maxWaiting = 1_000) => new(
        new JobQueueOptions
        {
            Workers = 1,
            MaxWait = Timeout.InfiniteTimeSpan,
            PartitionByKey = true,
            MaxWaiting = maxWaiting,
            MaxWaitingPerKey = maxWaiting,
        },
        _time);
}

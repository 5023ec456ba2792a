using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Fairness;

/// <summary>Verifies the shares that the settings assign to keys.</summary>
public sealed class KeySharesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Key_ThatIsNamed_HasItsShare() => Assert.Equal(40, PassesOfA(new() { ["a"] = 4 }));

    [Fact]
    public void Key_ThatIsNotNamed_HasTheShareOfTheOthers() =>
        Assert.Equal(10, PassesOfA(new() { ["*"] = 4, ["a"] = 1 }));

    [Fact]
    public void Name_IsComparedExactly() => Assert.Equal(25, PassesOfA(new() { ["A"] = 4 }));

    [Fact]
    public void Star_IsNoNameOfAKey() => Assert.Equal(25, PassesOfA(new() { ["*"] = 4 }, keyOfA: "*"));

    [Fact]
    public void Share_InSettings_ComesBeforeThatOfTheJob() =>
        Assert.Equal(40, PassesOfA(new() { ["a"] = 4 }, shareOfJob: 1_000));

    [Fact]
    public void Share_OfAJob_ComesBeforeThatOfTheOthers() =>
        Assert.Equal(40, PassesOfA(new() { ["*"] = 1 }, shareOfJob: 4));

    [Fact]
    public void Change_WhileJobsWait_AppliesToTheirKeys()
    {
        using var queue = Keyed(null);
        var turns = Park(queue, "a", shareOfJob: 1);
        Assert.Equal(25, Count(turns, 50));

        queue.Update(o => o.KeyShares = new Dictionary<string, int> { ["a"] = 4 });
        Assert.InRange(Count(turns, 50), 39, 41);

        queue.Update(o => o.KeyShares = null);
        Assert.InRange(Count(turns, 50), 24, 26);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    public void Share_OutOfItsRange_IsRefused(int share)
    {
        var thrown = Assert.Throws<OptionsValidationException>(() => Keyed(new() { ["a"] = share }));

        Assert.Contains(
            $"KeyShares is a={share}; allowed: a share of 1 to 1,000 for each key.",
            thrown.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_WithoutKeys_AreRefused()
    {
        var thrown = Assert.Throws<OptionsValidationException>(
            () => new JobQueue(new JobQueueOptions { KeyShares = new Dictionary<string, int> { ["a"] = 4 } }, _time));

        Assert.Contains("only with keys", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_AreCopied()
    {
        var shares = new Dictionary<string, int> { ["a"] = 4 };
        var options = new JobQueueOptions { KeyShares = shares };

        shares["a"] = 8;

        Assert.Equal(4, options.KeyShares["a"]);
    }

    /// <summary>Returns how many of 50 jobs belong to one key, if another key has the remaining jobs.</summary>
    private int PassesOfA(Dictionary<string, int> shares, string keyOfA = "a", int shareOfJob = 1)
    {
        using var queue = Keyed(shares);
        return Count(Park(queue, keyOfA, shareOfJob), 50);
    }

    private Turns Park(JobQueue queue, string keyOfA, int shareOfJob)
    {
        var turns = new Turns(queue, _time);
        turns.ParkMany(200, "a", new JobTraits { Key = keyOfA, KeyShare = shareOfJob });
        turns.ParkMany(200, "b", new JobTraits { Key = "b" });
        return turns;
    }

    private static int Count(Turns turns, int passes) => Enumerable.Range(0, passes).Count(_ => turns.Pass() == "a");

    private JobQueue Keyed(Dictionary<string, int>? shares) => new(
        new JobQueueOptions
        {
            Workers = 1,
            MaxWait = Timeout.InfiniteTimeSpan,
            PartitionByKey = true,
            MaxWaitingPerKey = 1_000,
            KeyShares = shares,
        },
        _time);
}

namespace QueueAdmission.Cluster.Simulation;

/// <summary>
/// Tests the algorithm without one of its rules: the simulation must find the failure that the rule prevents.
/// </summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    // The test is quick because it first tries a seed that found the failure when the test was written. If the
    // algorithm changes, another seed may find the failure.
    [Theory]
    [InlineData(nameof(LeaseRules.LowerBeforeReporting), "are leased", 2)]
    [InlineData(nameof(LeaseRules.GrowIntoFree), "are leased", 1)]
    [InlineData(nameof(LeaseRules.LatestAnswer), "are leased", 23)]
    [InlineData(nameof(LeaseRules.CountFromSending), "are leased", 149)]
    [InlineData(nameof(LeaseRules.JudgeAtGrant), "are leased", 3)]
    [InlineData(nameof(LeaseRules.WallClock), "are leased", 3)]
    [InlineData(nameof(LeaseRules.LearnWhenAbsent), "are leased", 2)]
    [InlineData(nameof(LeaseRules.LearnOnFailover), "are leased", 10)]
    [InlineData(nameof(LeaseRules.LearnOnClockJump), "are leased", 2)]
    [InlineData(nameof(LeaseRules.FallBack), "are leased", 2)]
    [InlineData(nameof(LeaseRules.GiveToHungry), "were free", 1)]
    [InlineData(nameof(LeaseRules.OldestWaiterFirst), "no turn", 253)]
    public void Cluster_WithoutARule_BreaksAPromise(string name, string broken, int firstSeed)
    {
        var rule = Enum.Parse<LeaseRules>(name);
        foreach (var seed in Enumerable.Range(1, 300).Prepend(firstSeed))
        {
            if (SeededRun.Run(seed, LeaseRules.All & ~rule).Broken is { } what)
            {
                output.WriteLine($"{rule}: seed {seed}: {what}");
                Assert.Contains(broken, what);
                return;
            }
        }
        Assert.Fail($"Without {rule} nothing was found in 300 runs.");
    }
}

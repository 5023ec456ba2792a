namespace QueueAdmission.Cluster.Simulation;

/// <summary>The algorithm without one of its rules: the simulation finds what the rule prevents.</summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(nameof(LeaseRules.LowerBeforeReporting), "are leased")]
    [InlineData(nameof(LeaseRules.GrowIntoFree), "are leased")]
    [InlineData(nameof(LeaseRules.LatestAnswer), "are leased")]
    [InlineData(nameof(LeaseRules.CountFromSending), "are leased")]
    [InlineData(nameof(LeaseRules.JudgeAtGrant), "are leased")]
    [InlineData(nameof(LeaseRules.WallClock), "are leased")]
    [InlineData(nameof(LeaseRules.LearnWhenAbsent), "are leased")]
    [InlineData(nameof(LeaseRules.LearnOnFailover), "are leased")]
    [InlineData(nameof(LeaseRules.LearnOnClockJump), "are leased")]
    [InlineData(nameof(LeaseRules.FallBack), "are leased")]
    [InlineData(nameof(LeaseRules.GiveToHungry), "were free")]
    [InlineData(nameof(LeaseRules.OldestWaiterFirst), "no turn")]
    public void Cluster_WithoutARule_BreaksAPromise(string name, string broken)
    {
        var rule = Enum.Parse<LeaseRules>(name);
        for (var seed = 1; seed <= 300; seed++)
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

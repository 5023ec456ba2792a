using QueueAdmission.Crash.Campaign;

namespace QueueAdmission.Crash;

/// <summary>Real processes are killed while they accept, run, complete, retry and purge. No post is lost.</summary>
/// <remarks><c>benchmarks/deferred kills</c> does the same with 300,000 posts.</remarks>
public class KillTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Posts_ProcessesAreKilled_EachAcknowledgedOneHasItsRowOnce(int seed)
    {
        var plan = new CrashPlan(Posts: 1_500, Kills: 3, PurgeKills: 1, Flows: 16, seed);

        var findings = await CrashRun.RunAsync(plan, TestContext.Current.SendDiagnosticMessage);

        Assert.Empty(findings.Problems());
        Assert.Equal(1_500, findings.Sent);
        Assert.Equal(4, findings.WorkerKills + findings.FrontKills);
    }
}

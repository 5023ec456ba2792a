using QueueAdmission.Crash.Campaign;

namespace QueueAdmission.Crash;

/// <summary>
/// Real processes are killed while they accept, run, complete, retry and purge jobs. No post is lost.
/// </summary>
/// <remarks><c>benchmarks/deferred kills</c> does the same with 300,000 posts.</remarks>
public class KillTests
{
    [Fact]
    public async Task Posts_ProcessesAreKilled_EachAcknowledgedOneHasItsRowOnce()
    {
        var plan = new CrashPlan(Posts: 3_000, Kills: 3, PurgeKills: 1, Flows: 16, Seed: 1);

        var findings = await CrashRun.RunAsync(plan, TestContext.Current.SendDiagnosticMessage);

        Assert.Empty(findings.Problems());
        Assert.Equal(3_000, findings.Sent);
        Assert.Equal(4, findings.Kills);
    }
}

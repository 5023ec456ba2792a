using QueueAdmission.Crash.Campaign;

namespace QueueAdmission.Crash;

/// <summary>
/// Two nodes, their PostgreSQL server and their Kafka broker are killed while posts are accepted and run. No post is
/// lost.
/// </summary>
/// <remarks>
/// <c>benchmarks/deferred kills-postgres</c> and <c>kills-kafka</c> do the same with 300,000 posts.
/// </remarks>
public class ClusterKillTests
{
    [Fact]
    public async Task Posts_NodesAndServerAreKilled_EachAcknowledgedOneHasItsRowOnce()
    {
        Assert.SkipWhen(PostCluster.Missing is not null, PostCluster.Missing ?? "");
        var plan = new CrashPlan(Posts: 4_000, Kills: 4, PurgeKills: 0, Flows: 16, Seed: 2);

        var findings = await ClusterCrashRun.RunAsync(
            plan, usesKafka: false, TestContext.Current.SendDiagnosticMessage);

        Assert.Empty(findings.Problems());
        Assert.Equal(4_000, findings.Sent);
        Assert.Equal(4, findings.Kills);
    }

    [Fact]
    public async Task Posts_KafkaAcceptsAndAllAreKilled_EachAcknowledgedOneHasItsRowOnce()
    {
        Assert.SkipWhen(PostCluster.Missing is not null, PostCluster.Missing ?? "");
        Assert.SkipWhen(KafkaServer.IsMissing, KafkaServer.Missing);
        var plan = new CrashPlan(Posts: 4_000, Kills: 3, PurgeKills: 0, Flows: 16, Seed: 3);

        var findings = await ClusterCrashRun.RunAsync(plan, usesKafka: true, TestContext.Current.SendDiagnosticMessage);

        Assert.Empty(findings.Problems());
        Assert.Equal(4_000, findings.Sent);
        Assert.Equal(3, findings.Kills);
    }

    [Fact]
    public async Task Node_WasFrozenAndItsJobsRunElsewhere_ItsEndsAreRefused()
    {
        Assert.SkipWhen(PostCluster.Missing is not null, PostCluster.Missing ?? "");

        var findings = await TakeoverRun.FreezeAsync(jobs: 6);

        Assert.True(findings.IsRight, $"{findings}");
    }

    [Fact]
    public async Task Node_IsKilled_AnotherStartsItsJobs()
    {
        Assert.SkipWhen(PostCluster.Missing is not null, PostCluster.Missing ?? "");

        var takeovers = await TakeoverRun.KillAsync(rounds: 1, jobs: 6, TestContext.Current.SendDiagnosticMessage);

        Assert.Equal(6, Assert.Single(takeovers).Jobs);
    }
}

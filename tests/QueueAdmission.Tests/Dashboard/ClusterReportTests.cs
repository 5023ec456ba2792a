using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission.Dashboard;

public class ClusterReportTests
{
    private readonly FixedCluster _cluster = new();

    public static TheoryData<string[], Func<ClusterQueue, ClusterQueue>> Findings => new()
    {
        { [], queue => queue },
        {
            ["never_seen", "no_lease"],
            queue => queue with { SeenAt = null, LimitInForce = null, HasLease = false, Nodes = [] }
        },
        { ["no_lease"], queue => queue with { HasLease = false } },
        { ["learning"], queue => queue with { IsLearning = true } },
        { ["different_limits"], With(FixedCluster.Node("b", held: 2, limit: 9, version: "v2")) },
        { ["different_settings"], With(FixedCluster.Node("b", held: 2, version: "v2")) },
        {
            ["different_limits", "different_settings"],
            With(FixedCluster.Node("a", held: 0, limit: 9), FixedCluster.Node("b", held: 2, version: "v2"))
        },
        { ["held_above_limit"], With(FixedCluster.Node("b", held: 3)) },
        { ["held_below_limit"], With(FixedCluster.Node("b", held: 1, wanted: 2)) },
        { [], With(FixedCluster.Node("b", held: 1, wanted: 1)) },
        { ["node_late"], With(FixedCluster.Node("b", held: 2, lastSeen: 2.1)) },
        { [], With(FixedCluster.Node("b", held: 2, lastSeen: 2)) },
    };

    [Fact]
    public async Task All_QueueOfACluster_HasItsNodesAndTheOthersHaveNone()
    {
        await using var app = await StartAsync();
        var seen = app.Clock.GetUtcNow();
        _cluster.Queues.Add(FixedCluster.Queue(seen) with
        {
            Nodes = [FixedCluster.Node("b", held: 2, wanted: 4), FixedCluster.Node("c", held: 3, isThisNode: true)],
        });

        var report = (await app.AskAsync("/queues")).Json;

        Assert.Equal(JsonValueKind.Null, report.GetProperty("queues")[1].GetProperty("cluster").ValueKind);
        Assert.False(report.TryGetProperty("clusterOutage", out _));
        var cluster = report.GetProperty("queues")[0].GetProperty("cluster");
        Assert.Equal(seen, cluster.GetProperty("seenAt").GetDateTimeOffset());
        Assert.Equal(
            ("shop", 5, 5, 3.0, true, 3, 2.5, 5, false),
            (
                cluster.GetProperty("name").GetString(),
                cluster.GetProperty("limit").GetInt32(),
                cluster.GetProperty("limitInForce").GetInt32(),
                cluster.GetProperty("leaseDurationSeconds").GetDouble(),
                cluster.GetProperty("hasLease").GetBoolean(),
                cluster.GetProperty("held").GetInt32(),
                cluster.GetProperty("timeToEndSeconds").GetDouble(),
                cluster.GetProperty("heldByAll").GetInt32(),
                cluster.GetProperty("learning").GetBoolean()));
        Assert.Equal(
            """[{"name":"c","isThisInstance":true,"held":3,"wanted":0,"oldestWaitSeconds":0,"lastSeenSeconds":0.5"""
            + ""","isLate":false,"limit":5,"settingsVersion":"v1"}"""
            + """,{"name":"b","isThisInstance":false,"held":2,"wanted":4,"oldestWaitSeconds":4,"lastSeenSeconds":0.5"""
            + ""","isLate":false,"limit":5,"settingsVersion":"v1"}]""",
            cluster.GetProperty("nodes").GetRawText());
        var one = (await app.AskAsync("/queues/LINE")).Json;
        Assert.Equal(cluster.GetRawText(), one.GetProperty("cluster").GetRawText());
    }

    [Theory]
    [MemberData(nameof(Findings), DisableDiscoveryEnumeration = true)]
    public async Task Findings_OfNodes_NameWhatKeepsThemFromSharing(
        string[] findings, Func<ClusterQueue, ClusterQueue> change)
    {
        await using var app = await StartAsync();
        _cluster.Queues.Add(change(FixedCluster.Queue(app.Clock.GetUtcNow())));

        var cluster = (await app.AskAsync("/queues/line")).Json.GetProperty("cluster");

        Assert.Equal(findings, cluster.GetProperty("findings").EnumerateArray().Select(finding => finding.GetString()));
    }

    [Theory]
    [InlineData(LeaseStoreProblem.Unreachable, "unreachable")]
    [InlineData(LeaseStoreProblem.AccessDenied, "access_denied")]
    [InlineData(LeaseStoreProblem.Unusable, "unusable")]
    public async Task All_StoreIsAway_SaysSoOnce(LeaseStoreProblem problem, string name)
    {
        await using var app = await StartAsync();
        var since = app.Clock.GetUtcNow();
        _cluster.Queues.Add(FixedCluster.Queue(since));
        _cluster.Outage = new ClusterOutage(problem, "no route to the store", since);

        var outage = (await app.AskAsync("/queues")).Json.GetProperty("clusterOutage");

        Assert.Equal(
            (name, "no route to the store", since),
            (
                outage.GetProperty("problem").GetString(),
                outage.GetProperty("message").GetString(),
                outage.GetProperty("since").GetDateTimeOffset()));
    }

    [Fact]
    public async Task All_WithoutACluster_HasNone()
    {
        await using var app = await DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous());

        var report = (await app.AskAsync("/queues")).Json;

        Assert.False(report.TryGetProperty("clusterOutage", out _));
        Assert.All(
            report.GetProperty("queues").EnumerateArray(),
            queue => Assert.Equal(JsonValueKind.Null, queue.GetProperty("cluster").ValueKind));
    }

    [Fact]
    public void Assembly_OfTheMiddleware_NeedsNoClusterPackage()
    {
        var needed = typeof(JobQueueRegistry).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name);

        Assert.Contains("QueueAdmission.Core", needed);
        Assert.DoesNotContain("QueueAdmission.Cluster", needed);
    }

    private static Func<ClusterQueue, ClusterQueue> With(params ClusterNode[] others) =>
        queue => queue with { Nodes = [.. others, queue.Nodes.Single(node => node.IsThisNode)] };

    private Task<DashboardApp> StartAsync() => DashboardApp.StartAsync(
        dashboard => dashboard.AllowAnonymous(), services: services => services.AddSingleton<ICluster>(_cluster),
        settings: "Queues:line:Workers=1 Queues:line:Partitions=2 Queues:other:Workers=1");
}

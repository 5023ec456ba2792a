using QueueAdmission.EndToEnd.Browser;

namespace QueueAdmission.EndToEnd;

/// <summary>Tests how the dashboard shows the nodes of a cluster.</summary>
public class ClusterTests(Chromium browser)
{
    private const string Block = "#checkout .cluster";

    [ChromiumFact]
    public async Task Page_QueueOfACluster_ShowsAllNodesAndWhereTheyDisagree()
    {
        var cluster = new ShownCluster();
        await using var server = await DashboardServer.StartAsync(
            dashboard => dashboard.RequireAuthorization("on-call"), cluster: cluster);
        var queues = new QueuesPage(server, await browser.OpenPageAsync());
        await queues.OpenAsync(DashboardServer.Watcher);

        await queues.ShowsAsync(Block, "Cluster shop: 3 nodes hold 12 of 12 workers");
        await queues.ShowsAsync($"{Block} .findings", "All nodes agree.");
        Assert.Equal("", await queues.TextAsync("#reports .cluster:not([hidden])"));
        Assert.Equal("this instance", await queues.TextAsync($"{Block} [data-node='shop-b:1'] .here"));
        Assert.Equal("", await queues.TextAsync($"{Block} [data-node='shop-a:1'] .here"));
        await queues.ShowsAsync($"{Block} [data-node='shop-a:1']", "7");

        cluster.Change(queue => queue with
        {
            LimitInForce = 8,
            IsLearning = true,
            Nodes =
            [
                Node("shop-a:1", 7, 8),
                Node("shop-b:1", 3, 12, isThisNode: true),
                Node("shop-c:1", 2, 12, lastSeen: 2.4),
            ],
        });
        await queues.ShowsAsync($"{Block} .findings", "different ClusterWorkers (12: shop-b:1, shop-c:1; 8: shop-a:1)");
        var findings = await queues.TextAsync($"{Block} .findings");
        Assert.Contains("Learning", findings, StringComparison.Ordinal);
        Assert.Contains("The nodes hold 4 workers above the limit", findings, StringComparison.Ordinal);
        Assert.Contains("shop-c:1 was last seen 2.4 s ago", findings, StringComparison.Ordinal);
        await queues.Page.LookAsync(360, 800, dark: true);
        Assert.True((await queues.Page.EvaluateAsync(
            $"[...document.querySelectorAll('{Block}, {Block} .nodes')].every(e => e.scrollWidth <= e.clientWidth) " +
                "&& document.documentElement.scrollWidth <= 360")).GetBoolean());

        cluster.Outage = new ClusterOutage(
            LeaseStoreProblem.AccessDenied, "wrong <b>password", server.Clock.GetUtcNow());
        await queues.ShowsAsync("#outage:not([hidden])", "wrong <b>password");
        await queues.ShowsAsync($"{Block} .findings", "The store of the cluster has been unavailable (access denied)");
        cluster.Outage = null;
        await queues.ShowsAsync($"{Block} .findings", "Learning");
        await server.UntilAsync(
            async () => await queues.TextAsync("#outage:not([hidden])") == "", "the outage is over");
        Assert.Empty(queues.Page.Complaints);
    }

    private static ClusterNode Node(string name, int held, int limit, bool isThisNode = false, double lastSeen = 0.4) =>
        new(name, name, isThisNode, held, held, TimeSpan.Zero, TimeSpan.FromSeconds(lastSeen), limit, $"{limit}");

    /// <summary>A cluster of three nodes whose state the test sets.</summary>
    private sealed class ShownCluster : ICluster
    {
        private volatile ClusterQueue _queue = new(
            "checkout",
            "shop",
            Limit: 12,
            LimitInForce: 12,
            LeaseDuration: TimeSpan.FromSeconds(3),
            HasLease: true,
            Held: 3,
            TimeToEnd: TimeSpan.FromSeconds(2),
            IsLearning: false,
            // This is later than the start of the test's clock, so the reading does not become outdated.
            SeenAt: new DateTimeOffset(2026, 11, 27, 4, 0, 0, TimeSpan.Zero),
            Nodes: [Node("shop-a:1", 7, 12), Node("shop-b:1", 3, 12, isThisNode: true), Node("shop-c:1", 2, 12)]);

        private volatile ClusterOutage? _outage;

        public ClusterOutage? Outage
        {
            get => _outage;
            set => _outage = value;
        }

        public void Change(Func<ClusterQueue, ClusterQueue> change) => _queue = change(_queue);

        public IReadOnlyList<ClusterQueue> GetQueues() => [_queue];
    }
}

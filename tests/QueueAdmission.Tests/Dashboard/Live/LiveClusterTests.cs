using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using QueueAdmission.Doubles;

namespace QueueAdmission.Dashboard;

/// <summary>Verifies what the live feed sends about the nodes of a cluster.</summary>
public sealed class LiveClusterTests : IAsyncLifetime
{
    private readonly FixedCluster _cluster = new();
    private DashboardApp _app = null!;
    private QueueReporter _reporter = null!;
    private LiveFrame _frame = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous());
        _reporter = new QueueReporter(_app.Registry, _cluster, _app.Clock);
        _cluster.Queues.Add(FixedCluster.Queue(_app.Clock.GetUtcNow()));
        _frame = LiveFrame.Draw(_reporter.DescribeLive(), 1, null);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public void Frame_HealthyNodesRenewTheirLeases_HasNotChanged()
    {
        var nodes = MessageOf(_frame, 0).GetProperty("queues")[0].GetProperty("cluster").GetProperty("nodes");
        Assert.Equal(["c", "b"], nodes.EnumerateArray().Select(node => node.GetProperty("name").GetString()));

        _app.Clock.Advance(TimeSpan.FromSeconds(1));
        Change(queue => queue with
        {
            SeenAt = _app.Clock.GetUtcNow(),
            TimeToEnd = TimeSpan.FromSeconds(1.2),
            Nodes = [.. queue.Nodes.Select(node => node with { LastSeen = TimeSpan.FromSeconds(1.1) })],
        });

        Assert.False(Draw(2).HasChanged);
    }

    [Fact]
    public void Frame_NodeHoldsMore_HasOnlyItsQueue()
    {
        Change(queue => queue with
        {
            Nodes = [FixedCluster.Node("b", held: 1), FixedCluster.Node("c", held: 4, isThisNode: true)],
        });

        var changed = Assert.Single(MessageOf(Draw(2), 1).GetProperty("queues").EnumerateArray());

        Assert.Equal("line", changed.GetProperty("name").GetString());
        Assert.Equal(4, changed.GetProperty("cluster").GetProperty("nodes")[0].GetProperty("held").GetInt32());
    }

    [Fact]
    public void Frame_NodeIsLate_HasItsAge()
    {
        Change(queue => queue with { Nodes = [FixedCluster.Node("b", held: 2, lastSeen: 2.4), queue.Nodes[1]] });

        var nodes = MessageOf(Draw(2), 1).GetProperty("queues")[0].GetProperty("cluster").GetProperty("nodes");

        Assert.Equal(JsonValueKind.Null, nodes[0].GetProperty("lastSeenSeconds").ValueKind);
        Assert.Equal(2.4, nodes[1].GetProperty("lastSeenSeconds").GetDouble());
    }

    [Fact]
    public void Frame_DocumentIsOlderThanALease_HasTheTimeWhenItWasSeen()
    {
        var seen = _app.Clock.GetUtcNow();
        _app.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.False(Draw(2).HasChanged);

        _app.Clock.Advance(TimeSpan.FromSeconds(1));

        var queue = MessageOf(Draw(3), 1).GetProperty("queues")[0];
        Assert.Equal(seen, queue.GetProperty("cluster").GetProperty("seenAt").GetDateTimeOffset());
        _app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Draw(4).HasChanged);
    }

    [Fact]
    public void Frame_StoreGoesAwayAndComesBack_SaysBothWithoutAnyQueue()
    {
        Assert.Equal(JsonValueKind.Null, MessageOf(_frame, 0).GetProperty("clusterOutage").ValueKind);

        _cluster.Outage = new ClusterOutage(LeaseStoreProblem.Unusable, "read-only", _app.Clock.GetUtcNow());
        var away = Draw(2);
        Assert.True(away.HasChanged);
        Assert.Equal("unusable", MessageOf(away, 1).GetProperty("clusterOutage").GetProperty("problem").GetString());
        Assert.Empty(MessageOf(away, 1).GetProperty("queues").EnumerateArray());
        Assert.False(MessageOf(Draw(3), 2).TryGetProperty("clusterOutage", out _));

        _cluster.Outage = null;
        Assert.Equal(JsonValueKind.Null, MessageOf(Draw(4), 3).GetProperty("clusterOutage").ValueKind);
    }

    private static JsonElement MessageOf(LiveFrame frame, long known) =>
        JsonDocument.Parse(frame.MessageSince(known)).RootElement;

    private void Change(Func<ClusterQueue, ClusterQueue> change) => _cluster.Queues[0] = change(_cluster.Queues[0]);

    private LiveFrame Draw(long version) => _frame = LiveFrame.Draw(_reporter.DescribeLive(), version, _frame);
}

using System.Text;
using System.Text.Json.Nodes;
using QueueAdmission.Testing;

namespace QueueAdmission.Cluster.Driver;

/// <summary>
/// Tests two releases in one cluster, and a release that is rolled back. The test itself changes the document as the
/// newer release would.
/// </summary>
public sealed class TwoReleasesTests
{
    private static readonly LeaseStoreKey Key = new("shop:Test", "stock");

    private readonly InMemoryLeaseStore _server = new();

    [Fact]
    public async Task Document_NewerReleaseAddedProperties_OlderOneTakesPartAndKeepsThem()
    {
        await using (var before = await TestNode.StartAsync(_server, limit: 4))
        {
            await Eventually.HoldsAsync(() => before.View.Held > 0);
            Edit(document =>
            {
                (document["schema"], document["colour"]) = (2, "blue");
                document["nodes"]![0]!["shape"] = "round";
            });
            var seen = EpochOf(Read());
            await Eventually.HoldsAsync(() => EpochOf(Read()) > seen);

            Assert.Equal("round", (string?)Read()["nodes"]![0]!["shape"]);
        }
        await using var node = await TestNode.StartAsync(_server, limit: 4);

        await Eventually.HoldsAsync(() => node.View.Held > 0);

        Assert.Null(node.Cluster.Outage);
        Assert.Equal("blue", (string?)Read()["colour"]);
    }

    [Fact]
    public async Task Document_NewerReleaseNeedsMore_OlderOneStartsNothingAndSaysWhy()
    {
        await using (var before = await TestNode.StartAsync(_server, limit: 4))
        {
            await Eventually.HoldsAsync(() => before.View.Held > 0);
            Edit(document => document["needs"] = 2);

            await Eventually.HoldsAsync(() => before.Cluster.Outage is not null);
            await Eventually.HoldsAsync(() => !before.View.HasLease);
        }
        var left = $"{Read()}";

        await using var node = await TestNode.StartAsync(_server, limit: 4);

        await Eventually.HoldsAsync(() => node.Cluster.Outage is not null);
        Assert.Equal(LeaseStoreProblem.Unusable, node.Cluster.Outage!.Problem);
        Assert.Contains("newer release", node.Cluster.Outage.Message, StringComparison.Ordinal);
        Assert.Contains("Update this node", node.Cluster.Outage.Message, StringComparison.Ordinal);
        Assert.False(node.Queue.TryEnter().IsAdmitted);
        Assert.Equal(left, $"{Read()}");
    }

    private static long EpochOf(JsonNode document) => (long)document["epoch"]!;

    private JsonNode Read()
    {
        using var store = _server.Open();
        return JsonNode.Parse(store.Read(Key).Document.Span)!;
    }

    /// <summary>Changes the document, as a write of another node would.</summary>
    private void Edit(Action<JsonNode> edit)
    {
        using var store = _server.Open();
        var reading = store.Read(Key);
        while (true)
        {
            var document = JsonNode.Parse(reading.Document.Span)!;
            edit(document);
            document["epoch"] = EpochOf(document) + 1;
            var write = new LeaseStoreWrite
            {
                Version = $"{document["id"]}.{document["epoch"]}",
                Document = Encoding.UTF8.GetBytes(document.ToJsonString()),
                KeepFor = TimeSpan.FromMinutes(10),
            };
            if (store.TryWrite(Key, reading, write, out var current))
            {
                return;
            }
            reading = current;
        }
    }
}

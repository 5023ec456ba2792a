using System.Globalization;
using System.Text.Json;
using Npgsql;
using QueueAdmission.Cluster.Benchmarks.Servers;
using QueueAdmission.Shared;

namespace QueueAdmission.EndToEnd.Samples;

/// <summary>Tests that an order of samples/ClusterDemo has the right answer if its shop is killed.</summary>
public class MovedOrderTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shop_IsKilledWhileItSellsTheLastLamp_ShopperHearsOfTheSale()
    {
        Assert.SkipUnless(
            PostgresServer.IsInstalled, "PostgreSQL is not installed: apt-get install -y postgresql");
        var folder = Directory.CreateTempSubdirectory("queueadmission-postgres-");
        using (var server = new PostgresServer(folder.FullName))
        await using (var demo = await ClusterDemoProcess.StartAsync(
            "--stock", "postgres", "--postgres", server.ConnectionString, "--Shop:Stock", "1", "--Shop:OrderTime",
            "00:00:00", "--Fleet:ClosedFor", "01:00:00"))
        await using (var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false"))
        {
            await connection.OpenAsync(Cancelled);
            // The commit of a sale waits for the lock that this test holds. The server finishes the commit later, even
            // if the shop that asked for it has ended.
            await ExecuteAsync(
                connection,
                """
                CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS
                  $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON lamp_sales DEFERRABLE INITIALLY DEFERRED
                  FOR EACH ROW EXECUTE FUNCTION wait_for_test();
                SELECT pg_advisory_lock(1);
                """);
            var answer = demo.Client.GetStringAsync("/ping?shop=3", Cancelled);
            await Patience.UntilAsync(
                async () => await CountAsync(connection, "wait_event = 'advisory'") == 1, "the sale is committed");

            await demo.KillAsync(3, waitsUntilOpen: false);
            await Patience.UntilAsync(
                async () => await CountAsync(connection, "wait_event = 'transactionid'") > 0,
                "the front waits for the outcome of the sale");
            await ExecuteAsync(connection, "SELECT pg_advisory_unlock(1)");

            Assert.Equal("you got one", await answer);
            var books = await demo.ReadBooksAsync();
            Assert.Equal((0, 1), (Number(books, "stock"), Number(books, "sold")));
            Assert.Equal((0, 0), (Number(books, "moved"), Number(books, "failed")));
            Assert.Equal(1, Number(books.GetProperty("shops")[2].GetProperty("books"), "sold"));
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Order_ShopAfterShopIsKilledUnderIt_MovesOn()
    {
        await using var demo = await ClusterDemoProcess.StartAsync(
            "--Shop:OrderTime", "00:00:30", "--Fleet:ClosedFor", "00:00:00");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var order = demo.Client.GetAsync("/ping", patience.Token);

        var kills = Effort.Of(all: 9, some: 3);
        for (var kill = 1; kill <= kills; kill++)
        {
            await demo.KillAsync(await FindAsync(demo), waitsUntilOpen: false);
            await Patience.UntilAsync(
                async () => Number(await demo.ReadBooksAsync(), "moved") == kill, $"the order has moved {kill} times");
        }
        await FindAsync(demo);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => order);
        await Patience.UntilAsync(
            async () => Number((await demo.ReadBooksAsync()).GetProperty("dropped"), "abandoned") == 1,
            "the shopper has left");
        Assert.Equal(0, Number(await demo.ReadBooksAsync(), "failed"));
    }

    /// <summary>Waits until a shop works on an order, and returns the number of the shop.</summary>
    private static async Task<int> FindAsync(ClusterDemoProcess demo)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        giveUp.CancelAfter(Patience.Limit);
        using var feed = new StreamReader(await demo.Client.GetStreamAsync("/live", giveUp.Token));
        while (await feed.ReadLineAsync(giveUp.Token) is { } line)
        {
            if (!line.StartsWith("data:", StringComparison.Ordinal))
                continue;
            foreach (var shop in JsonDocument.Parse(line["data:".Length..]).RootElement
                .GetProperty("books").GetProperty("shops").EnumerateArray())
            {
                if (shop.GetProperty("report") is { ValueKind: JsonValueKind.Object } report
                    && Number(report, "running") == 1)
                    return shop.GetProperty("node").GetInt32();
            }
        }
        throw new InvalidOperationException("The feed has ended.");
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string condition)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT COUNT(*) FROM pg_stat_activity WHERE {condition}", connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(Cancelled), CultureInfo.InvariantCulture);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
}

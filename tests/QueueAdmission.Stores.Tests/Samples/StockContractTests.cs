using System.Data.Common;
using ClusterDemo;
using MySqlConnector;
using Npgsql;

namespace QueueAdmission.Stores.Samples;

/// <summary>Tests that the stock of samples/ClusterDemo behaves the same in each of its stores.</summary>
public sealed class StockContractTests(StockServers servers) : IClassFixture<StockServers>
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("redis")]
    [InlineData("mysql")]
    [InlineData("postgres")]
    public async Task Stock_ManyShopsSellAtOnce_SellsEachLampOnceAndCountsWhatRuns(string store)
    {
        var options = servers.Options(store);
        // Each of the two has separate connections, like the processes of the shops.
        await using var first = Stocks.Create(options);
        await using var second = Stocks.Create(options);
        await first.OpenAsync(20);

        var together = 8;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tills = Enumerable.Range(0, together).Select(till => Task.Run(async () =>
        {
            var stock = till % 2 == 0 ? first : second;
            await gate.Task;
            var count = 0;
            for (var order = 0; order < 10; order++)
            {
                var job = Job(node: till % 2);
                var begun = await stock.BeginAsync(job);
                Assert.InRange(begun.Running, 1, together);
                Assert.InRange(begun.MaxRunning, begun.Running, together);
                count += (await stock.EndAsync(job, Id())).IsSold ? 1 : 0;
            }
            return count;
        })).ToArray();
        gate.SetResult();
        var sold = await Task.WhenAll(tills);

        var view = await second.ReadAsync();
        Assert.Equal(20, sold.Sum());
        Assert.Equal((0, 20, 0), (view.Stock, view.Sold, view.Running));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("redis")]
    [InlineData("mysql")]
    [InlineData("postgres")]
    public async Task Stock_OrderIsSentTwice_SellsOneLamp(string store)
    {
        await using var stock = Stocks.Create(servers.Options(store));
        await stock.OpenAsync(5);
        var (order, killed, next) = (Id(), Job(node: 1), Job(node: 2));
        await stock.BeginAsync(killed);

        var first = await stock.EndAsync(killed, order);
        var answerWasLost = await stock.EndAsync(killed, order);
        await stock.BeginAsync(next);
        var second = await stock.EndAsync(next, order);

        Assert.True(first.IsSold && answerWasLost.IsSold && second.IsSold);
        Assert.Equal((4, 1, 0), (second.View.Stock, second.View.Sold, second.View.Running));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("redis")]
    [InlineData("mysql")]
    [InlineData("postgres")]
    public async Task Stock_IsAskedForOrder_KnowsSalesOfAllShopsAndChangesNothing(string store)
    {
        var options = servers.Options(store);
        await using var shop = Stocks.Create(options);
        await using var front = Stocks.Create(options);
        await front.OpenAsync(1);
        var (sold, refused, job, late) = (Id(), Id(), Job(node: 1), Job(node: 2));
        await shop.BeginAsync(job);
        await shop.BeginAsync(late);
        Assert.False(await front.IsSoldAsync(sold));

        await shop.EndAsync(job, sold);
        await shop.EndAsync(late, refused);
        var before = await front.ReadAsync();

        Assert.True(await front.IsSoldAsync(sold));
        Assert.False(await front.IsSoldAsync(refused));
        Assert.Equal(before, await front.ReadAsync());
    }

    [Theory]
    [InlineData("mysql")]
    [InlineData("postgres")]
    public async Task Stock_IsAskedForOrderThatIsBeingSold_WaitsForTheOutcome(string store)
    {
        var options = servers.Options(store);
        await using var stock = Stocks.Create(options);
        await stock.OpenAsync(1);
        var order = Id();
        // The statements of a sale. The server commits it later, as if the shop had ended meanwhile.
        await using DbConnection shop =
            store == "mysql" ? new MySqlConnection(options.MySql) : new NpgsqlConnection(options.PostgreSql);
        await shop.OpenAsync(TestContext.Current.CancellationToken);
        await using var sale = await shop.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = shop.CreateCommand();
        command.Transaction = sale;
        command.CommandText =
            $"UPDATE lamp_shop SET stock = 0, sold = 1; INSERT INTO lamp_sales (order_id) VALUES ('{order}')";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var isSold = stock.IsSoldAsync(order);
        await Task.WhenAny(isSold, Task.Delay(500, TestContext.Current.CancellationToken));
        Assert.False(isSold.IsCompleted);
        await sale.CommitAsync(TestContext.Current.CancellationToken);

        Assert.True(await isSold);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("redis")]
    [InlineData("mysql")]
    [InlineData("postgres")]
    public async Task Stock_ProcessIsDead_ItsJobsCountNoLongerAndSellNothing(string store)
    {
        await using var stock = Stocks.Create(servers.Options(store));
        await stock.OpenAsync(5);
        var (dead, successor, other) = (Job(1, "a"), Job(1, "b"), Job(2, "c"));
        foreach (var job in (StockJob[])[dead, successor, other])
            await stock.BeginAsync(job);

        await stock.ClearAsync(1, "b");
        var left = await stock.ReadAsync();
        var late = await stock.EndAsync(dead, Id());
        await stock.ClearAsync(1, null);

        Assert.Equal((2, 3), (left.Running, left.MaxRunning));
        Assert.False(late.IsSold);
        Assert.Equal((5, 0), (late.View.Stock, late.View.Sold));
        Assert.Equal(1, (await stock.ReadAsync()).Running);
        Assert.True((await stock.EndAsync(other, Id())).IsSold);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("redis")]
    [InlineData("mysql")]
    [InlineData("postgres")]
    public async Task Stock_IsAdded_ChangesAreCountedUp(string store)
    {
        await using var stock = Stocks.Create(servers.Options(store));
        await stock.OpenAsync(0);
        var job = Job(1);

        var empty = await stock.BeginAsync(job);
        var none = await stock.EndAsync(job, Id());
        var added = await stock.AddAsync(7);
        await stock.OpenAsync(3);

        Assert.False(none.IsSold);
        Assert.Equal((0, 7), (empty.Stock, added.Stock));
        Assert.Equal(empty.Changes, none.View.Changes);
        Assert.True(added.Changes > empty.Changes);
        Assert.Equal(new StockView(3, 0, 0, 0, 0), await stock.ReadAsync());
    }

    private static string Id() => Guid.NewGuid().ToString("N");

    private static StockJob Job(int node, string generation = "a") => new(Id(), node, generation);
}

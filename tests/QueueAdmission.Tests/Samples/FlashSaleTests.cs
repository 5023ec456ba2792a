using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WebDemo;

namespace QueueAdmission.Samples;

public class FlashSaleTests
{
    private static readonly TimeSpan OrderTime = TimeSpan.FromMilliseconds(500);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(200)]
    public async Task Ping_MoreShoppersThanLamps_SellsEveryLampOnce(int workers)
    {
        using var shop = DemoShop.Open(Tills(workers, partitions: 4, capacity: 25, orderTime: "00:00:00.001"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 600).Select(_ => AskAsync(shop.Client)));

        var books = await shop.ReadBooksAsync();
        Assert.Equal(20, answers.Count(answer => answer == (HttpStatusCode.OK, Shop.GotOne)));
        Assert.Equal(20, books.Sold);
        Assert.Equal(0, books.Stock);
        Assert.Equal(answers.Count(answer => answer == (HttpStatusCode.OK, Shop.NoneLeft)), books.SoldOut);
        Assert.Equal(
            answers.Count(answer => answer.Status == HttpStatusCode.ServiceUnavailable), books.Dropped.Values.Sum());
        AssertBalanced(books, calls: 600);
    }

    [Fact]
    public async Task Ping_TillsBusyAndLinesFull_DropsAndSaysWhy()
    {
        var time = new FakeTimeProvider();
        using var shop = DemoShop.Open(Tills(workers: 2, partitions: 2, capacity: 3), time);
        var served = Enumerable.Range(0, 8).Select(_ => AskAsync(shop.Client)).ToList();
        await DemoShop.UntilAsync(() => shop.Queue.GetSnapshot() is { Running: 2, Waiting: 6 });

        using var dropped = await shop.Client.GetAsync("/ping", Cancelled);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, dropped.StatusCode);
        Assert.InRange(dropped.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        await FinishAsync(time, Task.WhenAll(served));
        var books = await shop.ReadBooksAsync();
        Assert.Equal(1, books.Dropped["queue_full"]);
        Assert.Equal(8, books.Sold);
        AssertBalanced(books, calls: 9);
    }

    [Fact]
    public async Task Ping_SoldOut_IsAnsweredWithoutQueueing()
    {
        using var shop = DemoShop.Open(new() { ["Shop:Stock"] = "0" });
        shop.Queue.Pause();

        var answer = await AskAsync(shop.Client);

        Assert.Equal((HttpStatusCode.OK, Shop.NoneLeft), answer);
        Assert.Equal(0, shop.Queue.GetSnapshot().Arrived);
        AssertBalanced(await shop.ReadBooksAsync(), calls: 1);
    }

    [Fact]
    public async Task Ping_LastLampSoldWhileWaiting_HearsItAtTheTill()
    {
        var time = new FakeTimeProvider();
        using var shop =
            DemoShop.Open(new(Tills(workers: 1, partitions: 1, capacity: 1)) { ["Shop:Stock"] = "2" }, time);
        var buyer = AskAsync(shop.Client);
        await DemoShop.UntilAsync(() => shop.Queue.GetSnapshot().Running == 1);
        var waiter = AskAsync(shop.Client);
        await DemoShop.UntilAsync(() => shop.Queue.GetSnapshot().Waiting == 1);
        // The other lamp is sold without using the queue.
        var elsewhere = shop.Services.GetRequiredService<Shop>().BuyAsync();

        await FinishAsync(time, Task.WhenAll(buyer, waiter, elsewhere));

        Assert.Equal((HttpStatusCode.OK, Shop.NoneLeft), await waiter);
        var books = await shop.ReadBooksAsync();
        Assert.Equal((2, 1), (books.Sold, books.SoldOut));
    }

    [Fact]
    public async Task Ping_ShopperLeavesTheLine_IsCountedAsAbandoned()
    {
        var time = new FakeTimeProvider();
        using var shop = DemoShop.Open(Tills(workers: 1, partitions: 1, capacity: 1), time);
        var buyer = AskAsync(shop.Client);
        await DemoShop.UntilAsync(() => shop.Queue.GetSnapshot().Running == 1);
        using var patience = new CancellationTokenSource();
        var impatient = shop.Client.GetAsync("/ping", patience.Token);
        await DemoShop.UntilAsync(() => shop.Queue.GetSnapshot().Waiting == 1);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        await DemoShop.UntilAsync(() => shop.Queue.GetSnapshot().Waiting == 0);
        await FinishAsync(time, buyer);
        var books = await shop.ReadBooksAsync();
        Assert.Equal(1, books.Dropped["abandoned"]);
        AssertBalanced(books, calls: 2);
    }

    [Fact]
    public async Task Add_AtAnyTime_PutsTwentyLampsOnTheShelf()
    {
        using var shop = DemoShop.Open([]);

        using var answer = await shop.Client.GetAsync("/add", Cancelled);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(40, (await shop.ReadBooksAsync()).Stock);
    }

    [Fact]
    public async Task Rush_OverRealHttp_TellsWhatTheBooksTell()
    {
        using var shop = DemoShop.Open(new(Tills(workers: 4, partitions: 4, capacity: 25, orderTime: "00:00:00.020"))
        {
            ["Rush:Shoppers"] = "3000",
            ["Rush:AtOnce"] = "200",
            ["Rush:Within"] = "00:00:00",
        });
        var rush = shop.Services.GetRequiredService<Rush>();

        using var started = await shop.Client.PostAsync("/rush", null, Cancelled);
        await DemoShop.UntilAsync(() => rush.Look() is { Running: false });

        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        var told = rush.Look()!;
        var books = await shop.ReadBooksAsync();
        Assert.Equal((20, 0, 3000), (told.Sold, told.Failed, told.Answered));
        Assert.Equal((books.Sold, books.SoldOut, books.Dropped.Values.Sum()), (told.Sold, told.SoldOut, told.SentAway));
        AssertBalanced(books, calls: 3000);
    }

    [Fact]
    public async Task Rush_WhileOneIsUnderWay_IsRefused()
    {
        using var shop = DemoShop.Open(new() { ["Rush:Shoppers"] = "1" });
        shop.Queue.Pause();
        using var first = await shop.Client.PostAsync("/rush", null, Cancelled);

        using var second = await shop.Client.PostAsync("/rush", null, Cancelled);

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        shop.Queue.Resume();
        await DemoShop.UntilAsync(() => shop.Services.GetRequiredService<Rush>().Look() is { Running: false, Sold: 1 });
    }

    private static Dictionary<string, string> Tills(
        int workers, int partitions, int capacity, string orderTime = "00:00:00.500") => new()
        {
            ["QueuedAdmission:Queues:checkout:Workers"] =
            workers.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["QueuedAdmission:Queues:checkout:Partitions"] =
            partitions.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["QueuedAdmission:Queues:checkout:PartitionCapacity"] =
            capacity.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Shop:OrderTime"] = orderTime,
        };

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/ping", Cancelled);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }

    /// <summary>Lets one order after the other end, until all orders have ended.</summary>
    private static Task FinishAsync(FakeTimeProvider time, Task all) => DemoShop.UntilAsync(() =>
    {
        if (!all.IsCompleted)
            time.Advance(OrderTime);
        return all.IsCompleted;
    });

    private static void AssertBalanced(Books books, long calls)
    {
        Assert.Equal(calls, books.Calls);
        Assert.Equal(books.Calls, books.Sold + books.SoldOut + books.Dropped.Values.Sum());
    }
}

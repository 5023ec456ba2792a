using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using QueueAdmission.Doubles;
using WebDemo;

namespace QueueAdmission.Samples;

public class RaceTests
{
    /// <summary>400 shoppers at once and 2 connections: far more requests than each database can serve.</summary>
    private static readonly Dictionary<string, string> Crowded = new()
    {
        ["Race:Shoppers"] = "400",
        ["Race:Within"] = "00:00:00",
        ["Race:Lamps"] = "20",
        ["Race:AtOnce"] = "200",
        ["Race:Database:Connections"] = "2",
        ["Race:Database:Wait"] = "00:00:00.100",
        ["Race:Database:StatementTime"] = "00:00:00.005",
        ["Race:RateLimiter:PermitLimit"] = "2",
        ["Race:RateLimiter:QueueLimit"] = "50",
        ["QueuedAdmission:Queues:race:Workers"] = "2",
        ["QueuedAdmission:Queues:race:PartitionCapacity"] = "50",
        // How fast a line moves depends on the machine. These limits allow a slow one.
        ["QueuedAdmission:Queues:race:MaxWait"] = "00:01:00",
        ["QueuedAdmission:Queues:race:OverloadControl"] = "false",
        ["Race:MinPatience"] = "00:01:00",
        ["Race:MaxPatience"] = "00:01:00",
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Race_OverRealHttp_AccountsForAllShoppers()
    {
        using var shop = DemoShop.Open(Crowded);

        var race = await RunAsync(shop, 1);

        Assert.Equal(["open", "limited", "queued"], race.Shops.Select(one => one.Name));
        Assert.All(race.Shops, one =>
        {
            Assert.Equal(400, one.Books.Came);
            AssertBalanced(one.Books, 400);
            Assert.Equal((20, one.Books.Sold), (one.Database.Stock + one.Database.Orders, one.Database.Orders));
            Assert.Equal((0, 0), (one.Database.Busy, one.Database.Waiting));
        });
        Assert.InRange(race.Shops[0].Books.Failed, 100, 400);
        Assert.Equal(0, race.Shops[0].Books.Refused);
        // There are as many orders at once as connections. No statement ever waits for a connection, so none can fail.
        Assert.All(race.Shops.Skip(1), one => Assert.Equal(
            (20, 0, 0), (one.Books.Sold, one.Books.Failed, one.Database.MostWaiting)));
        Assert.Equal(race.Shops[2].Books.Refused, race.Shops[2].Books.ToldWhen);
        Assert.Equal(0, race.Shops[1].Books.ToldWhen);
    }

    [Fact]
    public async Task Race_PressedAgain_BeginsWithFullShelvesAndEmptyBooks()
    {
        using var shop = DemoShop.Open(Crowded);
        await RunAsync(shop, 1);

        var race = await RunAsync(shop, 2);

        Assert.All(race.Shops, one => AssertBalanced(one.Books, 400));
        Assert.All(race.Shops, one => Assert.Equal(20, one.Database.Stock + one.Database.Orders));
        Assert.Equal(20, race.Shops[2].Books.Sold);
    }

    [Fact]
    public async Task Race_WhileOneIsUnderWay_IsRefused()
    {
        using var shop = DemoShop.Open(new(Crowded) { ["Race:Shoppers"] = "1" });
        var queue = shop.Services.GetRequiredKeyedService<JobQueue>("race");
        queue.Pause();
        using var first = await shop.Client.PostAsync("/race", null, Cancelled);

        using var second = await shop.Client.PostAsync("/race", null, Cancelled);

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        queue.Resume();
        await DemoShop.UntilAsync(() => shop.Services.GetRequiredService<Race>().Look() is { Running: false });
    }

    [Fact]
    public async Task Race_ShoppersLeave_GaveUpAndBuyNothing()
    {
        using var shop = DemoShop.Open(new(Crowded)
        {
            ["Race:Shoppers"] = "10",
            ["Race:MinPatience"] = "00:00:00.100",
            ["Race:MaxPatience"] = "00:00:00.200",
        });
        var queue = shop.Services.GetRequiredKeyedService<JobQueue>("race");
        queue.Pause();

        var race = await RunAsync(shop, 1);

        Assert.Equal(10, race.Shops[2].Books.GaveUp);
        Assert.Equal(20, race.Shops[2].Database.Stock);
        // The server notices that a shopper has left after the shopper does.
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 0);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("limited")]
    [InlineData("queued")]
    public async Task Order_OutsideOfItsRace_IsNotTaken(string name)
    {
        using var shop = DemoShop.Open([]);

        using var answer = await shop.Client.PostAsync($"/race/{name}/orders?race=0&customer=1", null, Cancelled);

        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        var race = await shop.Client.GetFromJsonAsync<RaceView>("/race", Cancelled);
        Assert.All(race!.Shops, one => Assert.Equal(0, one.Database.Orders));
        // The order does not count for the single shop of the sample either.
        Assert.Equal(0, (await shop.ReadBooksAsync()).Calls);
    }

    [Theory]
    [InlineData("race=2&customer=0")]
    [InlineData("race=1&customer=1")]
    [InlineData("race=1&customer=-1")]
    public async Task Order_OfAnotherRaceOrNoCustomer_IsNotTaken(string order)
    {
        using var shop = DemoShop.Open(new(Crowded) { ["Race:Shoppers"] = "1" });
        var queue = shop.Services.GetRequiredKeyedService<JobQueue>("race");
        queue.Pause();
        using var started = await shop.Client.PostAsync("/race", null, Cancelled);

        using var answer = await shop.Client.PostAsync($"/race/open/orders?{order}", null, Cancelled);

        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        queue.Resume();
        var race = shop.Services.GetRequiredService<Race>();
        await DemoShop.UntilAsync(() => race.Look() is { Running: false });
        Assert.All(race.Look().Shops, one => Assert.Equal((1, 1), (one.Books.Sold, one.Database.Orders)));
    }

    [Fact]
    public void Settings_OfLimiterAndQueue_AreAlike()
    {
        using var shop = DemoShop.Open([]);
        var race = shop.Services.GetRequiredService<IOptions<RaceOptions>>().Value;
        var queue = shop.Services.GetRequiredKeyedService<JobQueue>("race").GetSnapshot().Settings;

        Assert.Equal(
            (race.RateLimiter.PermitLimit, race.RateLimiter.QueueLimit),
            (queue.Workers, queue.Partitions * queue.PartitionCapacity));
        Assert.Equal(race.Database.Connections, queue.Workers);
        // The page claims that a refusal arrives before the shopper leaves.
        Assert.True(queue.MaxWait < race.MinPatience);
    }

    private static async Task<RaceView> RunAsync(DemoShop shop, int number)
    {
        using var started = await shop.Client.PostAsync("/race", null, Cancelled);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        var race = shop.Services.GetRequiredService<Race>();
        await DemoShop.UntilAsync(() => race.Look() is { Running: false } over && over.Number == number);
        return race.Look();
    }

    private static void AssertBalanced(RaceBooks books, int shoppers) =>
        Assert.Equal(shoppers, books.Sold + books.SoldOut + books.Refused + books.Failed + books.GaveUp);
}

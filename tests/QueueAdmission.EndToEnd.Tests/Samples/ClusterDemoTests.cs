using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace QueueAdmission.EndToEnd.Samples;

/// <summary>
/// Tests samples/ClusterDemo: three shops in separate processes share workers and stock, also when shops are killed.
/// </summary>
public class ClusterDemoTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rush_ShopsAreKilled_SellsEveryLampOnce()
    {
        await using var demo = await ClusterDemoProcess.StartAsync("--Shop:OrderTime", "00:00:00.600");
        using var enough = new CancellationTokenSource();
        var shoppers = Enumerable.Range(0, 40).Select(_ => ShopAsync(demo.Client, enough.Token)).ToArray();

        foreach (var node in (int[])[1, 2, 3, 1, 2])
            await demo.KillAsync(node);
        await Patience.UntilAsync(async () => Number(await demo.ReadBooksAsync(), "stock") == 0, "all lamps are sold");
        await enough.CancelAsync();
        var answers = (await Task.WhenAll(shoppers)).SelectMany(one => one).ToList();
        await Patience.UntilAsync(
            async () => Number(await demo.ReadBooksAsync(), "running") == 0, "all orders have ended");

        var books = await demo.ReadBooksAsync();
        Assert.Equal(20, Number(books, "sold"));
        Assert.Equal(0, Number(books, "stock"));
        // Every shopper waited for the answer, so there is an answer for each sold lamp.
        Assert.Equal(20, answers.Count(answer => answer == (HttpStatusCode.OK, "you got one")));
        Assert.Equal(0, Number(books, "failed"));
        Assert.Equal(answers.Count, Number(books, "calls"));
        Assert.InRange(Number(books, "maxRunning"), 1, Number(books, "clusterWorkers"));
        Assert.Equal(6, Number(books, "clusterWorkers"));
        Assert.Equal(5, books.GetProperty("shops").EnumerateArray().Sum(shop => Number(shop, "kills")));
        Assert.All(answers, answer => Assert.True(
            answer.Status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{answer}"));
    }

    [Fact]
    public async Task Crowd_AtOneShop_GetsTheWorkersOfAll()
    {
        await using var demo = await ClusterDemoProcess.StartAsync("--Shop:OrderTime", "00:00:30");
        using var patience = new CancellationTokenSource();
        var crowd = Enumerable.Range(0, 12)
            .Select(_ => AskAsync(demo.Client, "/ping?shop=2", patience.Token)).ToArray();

        await Patience.UntilAsync(
            async () => Number(await demo.ReadBooksAsync(), "running") == 6, "all workers work for the one shop");
        await patience.CancelAsync();

        Assert.All(await Task.WhenAll(crowd), answer => Assert.Null(answer));
        await Patience.UntilAsync(
            async () => Number((await demo.ReadBooksAsync()).GetProperty("dropped"), "abandoned") == 12,
            "all have left");
        var books = await demo.ReadBooksAsync();
        Assert.Equal(12, Number(books.GetProperty("shops")[1].GetProperty("books"), "gaveUp"));
        Assert.Equal(6, Number(books, "maxRunning"));
    }

    [Fact]
    public async Task Jobs_OfKilledShop_CountNoLonger()
    {
        await using var demo = await ClusterDemoProcess.StartAsync(
            "--Shop:OrderTime", "00:00:30", "--Fleet:ClosedFor", "01:00:00");
        using var patience = new CancellationTokenSource();
        var order = AskAsync(demo.Client, "/ping?shop=3", patience.Token);
        await Patience.UntilAsync(
            async () => Number(await demo.ReadBooksAsync(), "running") == 1, "an order is worked on");

        using var answer = await demo.Client.PostAsync("/nodes/3/kill", null, Cancelled);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        // The order moves to another shop, so its job runs again there.
        await Patience.UntilAsync(
            async () => await demo.ReadBooksAsync() is var books && Number(books, "nodes") == 2
                && Number(books, "moved") == 1 && Number(books, "running") == 1,
            "the order has moved on");
        await patience.CancelAsync();
        Assert.Null(await order);
        using var again = await demo.Client.PostAsync("/nodes/3/kill", null, Cancelled);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using var unknown = await demo.Client.PostAsync("/nodes/4/kill", null, Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(1, Number(await demo.ReadBooksAsync(), "maxRunning"));
    }

    [Fact]
    public async Task Shoppers_WhenNoShopIsOpen_WaitAtTheFront()
    {
        await using var demo = await ClusterDemoProcess.StartAsync("--Fleet:ClosedFor", "00:00:04");
        foreach (var node in (int[])[1, 2, 3])
        {
            using var kill = await demo.Client.PostAsync($"/nodes/{node}/kill", null, Cancelled);
            Assert.Equal(HttpStatusCode.Accepted, kill.StatusCode);
        }
        Assert.Equal(0, Number(await demo.ReadBooksAsync(), "nodes"));
        using var patience = new CancellationTokenSource();
        var impatient = AskAsync(demo.Client, "/ping", patience.Token);
        var patient = AskAsync(demo.Client, "/ping", Cancelled);
        await Patience.UntilAsync(async () => Number(await demo.ReadBooksAsync(), "calls") == 2, "both have come");

        await patience.CancelAsync();

        Assert.Null(await impatient);
        Assert.Equal((HttpStatusCode.OK, "you got one"), await patient);
        var books = await demo.ReadBooksAsync();
        Assert.Equal(1, Number(books.GetProperty("dropped"), "abandoned"));
        Assert.Equal(0, Number(books, "failed"));
        Assert.Equal(1, Number(books, "sold"));
    }

    [Fact]
    public async Task Add_WhenSoldOut_IsSeenByEveryShopAtOnce()
    {
        await using var demo = await ClusterDemoProcess.StartAsync("--Shop:OrderTime", "00:00:00", "--Shop:Stock", "0");
        foreach (var shop in (int[])[1, 2, 3])
            Assert.Equal("sold out", await demo.Client.GetStringAsync($"/ping?shop={shop}", Cancelled));

        var books = JsonDocument.Parse(await demo.Client.GetStringAsync("/add", Cancelled)).RootElement;

        Assert.Equal(20, Number(books, "stock"));
        foreach (var shop in (int[])[1, 2, 3])
            Assert.Equal("you got one", await demo.Client.GetStringAsync($"/ping?shop={shop}", Cancelled));
        Assert.Equal(3, Number(await demo.ReadBooksAsync(), "sold"));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task Front_Ends_NoShopStaysBehind(string signal)
    {
        await using var demo = await ClusterDemoProcess.StartAsync();
        var shops = await demo.ReadShopProcessesAsync();
        Assert.Equal(3, shops.Count);

        demo.Signal(signal);
        await demo.WaitForExitAsync();

        await Patience.UntilAsync(() => Task.FromResult(!shops.Any(IsRunning)), "all shops have ended");
        if (signal != "KILL")
            Assert.Equal(0, demo.ExitCode);
    }

    [Theory]
    [InlineData("--store", "redis", "redis-server")]
    [InlineData("--store", "postgres", "postgresql")]
    [InlineData("--stock", "mysql", "mariadb-server")]
    [InlineData("--stock", "nothing", "sqlite, redis, mysql, postgres")]
    public async Task Server_IsMissing_SaysHowToStartOne(string option, string value, string advice)
    {
        // Port 9 belongs to the discard service, and no server listens there.
        await using var demo = ClusterDemoProcess.Start(
            option, value, "--redis", "127.0.0.1:9", "--postgres", "Host=127.0.0.1;Port=9",
            "--mysql", "Server=127.0.0.1;Port=9");

        await demo.WaitForExitAsync();

        Assert.Equal(1, demo.ExitCode);
        Assert.Contains(advice, demo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", demo.Output, StringComparison.Ordinal);
    }

    private static bool IsRunning(int process)
    {
        // A process that has ended is still listed until its parent reads its exit code: "12 (dotnet) Z 1 …".
        var status = $"/proc/{process}/stat";
        try
        {
            if (File.Exists(status) && File.ReadAllText(status).Contains(") Z ", StringComparison.Ordinal))
                return false;
        }
        catch (IOException)
        {
            return false;
        }
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetInt64() : 0;

    /// <summary>Sends requests one after another until the token is cancelled, and returns the answers.</summary>
    private static async Task<List<(HttpStatusCode Status, string Text)>> ShopAsync(
        HttpClient client, CancellationToken enough)
    {
        List<(HttpStatusCode, string)> answers = [];
        while (!enough.IsCancellationRequested)
        {
            if (await AskAsync(client, "/ping", Cancelled) is { } answer)
                answers.Add(answer);
        }
        return answers;
    }

    private static async Task<(HttpStatusCode Status, string Text)?> AskAsync(
        HttpClient client, string path, CancellationToken patience)
    {
        try
        {
            using var answer = await client.GetAsync(path, patience);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(patience));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return null;
        }
    }
}

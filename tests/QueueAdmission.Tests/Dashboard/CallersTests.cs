using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace QueueAdmission.Dashboard;

public sealed class CallersTests
{
    private const string Keyed = "Queues:line:Workers=2 Queues:line:PartitionBy=Header:X-Key";

    [Theory]
    [InlineData(Keyed)]
    [InlineData(Keyed + " Queues:line:ShowCallers=None")]
    [InlineData("Queues:line:Workers=2 Queues:line:ShowCallers=Name")]
    [InlineData("Queues:line:Workers=2 Queues:line:ShowCallers=Hash")]
    public async Task Callers_NotAskedForOrWithoutKeys_AreAbsent(string settings)
    {
        await using var app = await StartAsync(settings);
        using var lease = await app.Line.Queue.EnterAsync(
            new JobTraits { Key = "alice" }, TestContext.Current.CancellationToken);

        Assert.Equal(JsonValueKind.Null, (await CallersAsync(app)).ValueKind);
    }

    [Fact]
    public async Task Callers_ByName_AreThoseWithTheMostJobsOfTheSameCut()
    {
        await using var app = await StartAsync($"{Keyed} Queues:line:ShowCallers=Name");
        var jobs = new List<ValueTask<QueueLease>>();
        var numbers = new[]
        {
            ("alice", 5), ("bob", 3), ("carol", 2), ("dave", 2), ("erin", 1), ("", 2), ("mallory", 9),
        };
        foreach (var (key, number) in numbers)
            jobs.AddRange(
                Enumerable.Range(0, number).Select(_ => app.Line.Queue.EnterAsync(new JobTraits { Key = key })));

        var line = (await app.AskAsync("/queues/line")).Json;

        var callers = line.GetProperty("callers");
        Assert.Equal(("name", 7), (callers.GetProperty("by").GetString(), callers.GetProperty("total").GetInt32()));
        // Alice holds both workers, because no other job was waiting when her first jobs arrived.
        Assert.Equal(
            [("mallory", 9, 0), ("alice", 3, 2), ("bob", 3, 0), (null, 2, 0), ("carol", 2, 0)],
            callers.GetProperty("top").EnumerateArray().Select(Read));
        Assert.Equal((22, 2), (line.GetProperty("waiting").GetInt32(), line.GetProperty("running").GetInt32()));
        await FinishAsync(jobs);
        Assert.Equal(0, (await CallersAsync(app)).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Callers_ByHash_AreToldApartAndNotNamed()
    {
        await using var app = await StartAsync($"{Keyed} Queues:line:ShowCallers=Hash");
        var jobs = new List<ValueTask<QueueLease>>();
        foreach (var key in new[] { "alice", "alice", "bob" })
            jobs.Add(app.Line.Queue.EnterAsync(new JobTraits { Key = key }));

        var (first, second) =
            ((await CallersAsync(app)).GetProperty("top"), (await CallersAsync(app)).GetProperty("top"));

        Assert.Equal(first.GetRawText(), second.GetRawText());
        Assert.Equal("hash", (await CallersAsync(app)).GetProperty("by").GetString());
        Assert.All(
            first.EnumerateArray(),
            caller => Assert.Matches("^[0-9a-f]{12}$", caller.GetProperty("caller").GetString()));
        Assert.Equal(
            2, first.EnumerateArray().Select(caller => caller.GetProperty("caller").GetString()).Distinct().Count());
        await FinishAsync(jobs);
    }

    [Fact]
    public async Task Setting_ChangedLive_ShowsAndHides()
    {
        await using var app = await StartAsync(Keyed);
        var before = await CallersAsync(app);

        app.Registry.Update("line", line => line.ShowCallers = CallerDisplay.Hash);
        var shown = await CallersAsync(app);
        app.Registry.Update("line", line => line.ShowCallers = CallerDisplay.None);

        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Object, JsonValueKind.Null),
            (before.ValueKind, shown.ValueKind, (await CallersAsync(app)).ValueKind));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("fe80::1%7", "fe80::1%7")]
    [InlineData("64:ff9b:1::c000:207", "64:ff9b:1::c000:207")]
    public void Name_OfAnAddress_IsTheAddressOrItsNetwork(string address, string expected) =>
        Assert.Equal(expected, CallerName.Of(ClientIpKey.Of(IPAddress.Parse(address)), CallerDisplay.Name));

    [Fact]
    public void Name_OfAUserOfAnIssuer_HasBoth()
    {
        var identity = new ClaimsIdentity([new("sub", "7", null, "https://id.example")], "Test");
        var key = UserKey.Of(new DefaultHttpContext { User = new(identity) })!;

        Assert.Equal("7 (https://id.example)", CallerName.Of(key, CallerDisplay.Name));
    }

    [Fact]
    public void Name_OfALongKey_IsTheBeginningOfItsHash() =>
        Assert.Matches(
            "^a long key, [0-9a-f]{12}$", CallerName.Of(LongKey.Shorten(new string('x', 1_000))!, CallerDisplay.Name));

    [Fact]
    public void Name_WithHiddenCharacters_IsShownWithoutThem() =>
        Assert.Equal("alice", CallerName.Of("ali\u202Ece\n", CallerDisplay.Name));

    private static Task<DashboardApp> StartAsync(string settings) =>
        DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous(), settings: settings);

    private static async Task<JsonElement> CallersAsync(DashboardApp app) =>
        (await app.AskAsync("/queues/line")).Json.GetProperty("callers");

    private static (string? Caller, int Waiting, int Running) Read(JsonElement caller) => (
        caller.GetProperty("caller").GetString(), caller.GetProperty("waiting")
            .GetInt32(), caller.GetProperty("running").GetInt32());

    // Each job ends as soon as it has a worker. This order differs from the order of arrival.
    private static Task FinishAsync(List<ValueTask<QueueLease>> jobs) =>
        Task.WhenAll(jobs.Select(async job => (await job).Dispose()));
}

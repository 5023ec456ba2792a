using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

public sealed class RefusalLogTests
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task Burst_Short_IsABeginningAndAnEnd()
    {
        await using var app = await StartFullAsync();

        await RefuseAsync(app, 3);
        await BurstBeganAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(4));
        await RefuseAsync(app, 2);
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        app.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Collection(
            Lines(app),
            line =>
                Assert.StartsWith(
                    "Warning RefusalsBegan Queue a refuses requests, the first one for queue_full: 1 of 1 workers " +
                        "are busy, 0 of 0 places are taken, ",
                    line),
            line => Assert.StartsWith("Warning RefusalsGoOn Queue a refused ", line),
            line =>
                Assert.Equal(
                    "Information RefusalsEnded Queue a has refused no request for 10 s. Before that it refused 5 " +
                        "requests within 10 s (queue_full 5).",
                    line));
        Assert.False(app.Queues.Find("a")!.Refusals.IsRefusing);
    }

    [Fact]
    public async Task Burst_Long_IsSummedUpEveryTenSeconds()
    {
        await using var app = await StartFullAsync();

        await RefuseAsync(app, 1);
        await BurstBeganAsync(app);
        for (var i = 1; i <= 3; i++)
        {
            await RefuseAsync(app, 10 * i);
            app.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(
            [
                "Warning RefusalsGoOn Queue a refused 10 requests in the last 10 s (queue_full 10).",
                "Warning RefusalsGoOn Queue a refused 20 requests in the last 10 s (queue_full 20).",
                "Warning RefusalsGoOn Queue a refused 30 requests in the last 10 s (queue_full 30).",
            ],
            Lines(app).Skip(1));
        Assert.True(app.Queues.Find("a")!.Refusals.IsRefusing);
    }

    [Fact]
    public async Task Burst_AfterAnother_IsLoggedAsANewOne()
    {
        await using var app = await StartFullAsync();
        await RefuseAsync(app, 1);
        await BurstBeganAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("RefusalsEnded", Records(app)[^1].Id.Name);

        await RefuseAsync(app, 1);
        await BurstBeganAsync(app, beginnings: 2);
        app.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(
            "Information RefusalsEnded Queue a has refused no request for 10 s. Before that it refused 1 requests " +
                "within 0 s (queue_full 1).",
            Lines(app)[^1]);
    }

    [Fact]
    public async Task Burst_OfInjectedUse_IsToldToo()
    {
        await using var app = await StartFullAsync();

        Assert.False(app.Queue("a").TryEnter().IsAdmitted);

        await BurstBeganAsync(app);
    }

    [Fact]
    public async Task Requests_Refused_HaveALineEachAtDebugOnly()
    {
        await using var app = await StartFullAsync();

        await RefuseAsync(app, 100);

        await BurstBeganAsync(app);
        Assert.Single(LoggedNoise.In(app.Log));
        var lines = app.Log.GetSnapshot().Where(record => record.Id.Name == "RequestRejected").ToList();
        Assert.Equal(100, lines.Count);
        Assert.All(lines, line => Assert.Equal(LogLevel.Debug, line.Level));
    }

    [Fact]
    public async Task Stop_RequestsWait_TellsOnceThatTheyWereRefused()
    {
        await using var app = await StartFullAsync("Queues:a:PartitionCapacity=2");
        var waiting = await app.GetAndWaitInLineAsync("/a", app.Queue("a"));

        var stopping = app.App.StopAsync(TestContext.Current.CancellationToken);
        await waiting;
        await BurstBeganAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        _gate.LetOut();
        await stopping;

        Assert.Contains("for draining", Assert.Single(Lines(app)));
    }

    private async Task<TestApp> StartFullAsync(string settings = "Queues:a:PartitionCapacity=0")
    {
        var app = await TestApp.StartAsync($"Queues:a:Workers=1 {settings}", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/a", _gate.PassAsync).WithQueue("a");
        });
        _ = app.GetAsync("/a");
        await _gate.EnteredAsync(1);
        return app;
    }

    private static async Task RefuseAsync(TestApp app, int count)
    {
        for (var i = 0; i < count; i++)
            using (await app.GetAsync("/a"))
            {
            }
    }

    private static Task BurstBeganAsync(TestApp app, int beginnings = 1) =>
        Eventually.TrueAsync(
            () => Records(app).Count(record => record.Id.Name == "RefusalsBegan") == beginnings,
            "The log was not told of the refusals.");

    private static List<string> Lines(TestApp app) =>
        Records(app).Select(record => $"{record.Level} {record.Id.Name} {record.Message}").ToList();

    private static List<FakeLogRecord> Records(TestApp app) =>
        app.Log.GetSnapshot().Where(record => record.Id.Id is >= 50 and < 53).ToList();
}

using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission.Dashboard;

public class ReportTests
{
    private static Task<DashboardApp> StartAsync(
        Action<IServiceCollection>? services = null, Action<WebApplication, DashboardApp>? map = null) =>
        DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous(), services: services, map: map);

    [Fact]
    public async Task All_JobsRunWaitAndAreRefused_IsWhatTheBooksSay()
    {
        await using var app = await StartAsync();
        var work = new List<Task> { app.WorkAsync() };
        await app.Gate.EnteredAsync(1);
        work.Add(app.WorkAsync());
        work.Add(app.WorkAsync());
        await Eventually.TrueAsync(() => app.Line.Queue.GetSnapshot().Waiting == 2);
        Assert.False(app.Line.Queue.TryEnter().IsAdmitted);
        app.Clock.Advance(TimeSpan.FromSeconds(3));

        var report = (await app.AskAsync("/queues")).Json;

        Assert.Equal(Environment.MachineName, report.GetProperty("instance").GetProperty("machine").GetString());
        Assert.Equal(Environment.ProcessId, report.GetProperty("instance").GetProperty("processId").GetInt32());
        Assert.Equal(
            ["line"],
            report.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString()));
        var line = report.GetProperty("queues")[0];
        Assert.Equal(
            ("running", 1, 1, 2, 200),
            (
                line.GetProperty("state").GetString(),
                line.GetProperty("workers").GetInt32(),
                line.GetProperty("running").GetInt32(),
                line.GetProperty("waiting").GetInt32(),
                line.GetProperty("places").GetInt32()));
        Assert.Equal(
            [1, 1], line.GetProperty("waitingByPartition").EnumerateArray().Select(waiting => waiting.GetInt32()));
        Assert.Equal(
            (3.0, 10.0),
            (line.GetProperty("longestWaitSeconds").GetDouble(), line.GetProperty("maxWaitSeconds").GetDouble()));
        Assert.Equal(
            """{"arrived":4,"ran":0,"rejected":1,"rejectedByReason":{"queue_full":1},"wouldHaveWaited":0"""
            + ""","wouldHaveRejectedByReason":{},"abandoned":0}""",
            line.GetProperty("totals").GetRawText());
        app.Gate.LetOut(3);
        await Task.WhenAll(work);
    }

    [Fact]
    public async Task Patience_ClientsWereSeenLeaving_IsReported()
    {
        await using var app = await StartAsync();
        async Task<string> AskAsync() =>
            (await app.AskAsync("/queues")).Json.GetProperty("queues")[0].GetProperty("patience").GetRawText();
        Assert.Equal(
            """{"state":"never_seen_leaving","learnedSeconds":null,"maxExpectedWaitSeconds":null,"wasted":0}""",
            await AskAsync());

        app.Line.Queue.ReportWasted(key: null, waited: 1, age: 2);

        Assert.Equal(
            """{"state":"learning","learnedSeconds":null,"maxExpectedWaitSeconds":null,"wasted":1}""",
            await AskAsync());
        app.Line.Queue.Update(settings => settings.AdaptiveMaxWait = false);
        Assert.Equal(
            """{"state":"off","learnedSeconds":null,"maxExpectedWaitSeconds":null,"wasted":0}""", await AskAsync());
    }

    [Fact]
    public async Task Waiting_RequestsAndOthers_AreListedWithoutAnythingTheirSendersChose()
    {
        await using var app = await StartAsync();
        var work = new List<Task> { app.WorkAsync() };
        await app.Gate.EnteredAsync(1);
        work.Add(app.WorkAsync("/jobs/<b>hostile?card=4711"));
        await Eventually.TrueAsync(() => app.Line.Queue.GetSnapshot().Waiting == 1);
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        var urgent = app.Line.Queue.RunAsync(
            _ => Task.CompletedTask,
            new JobTraits { Priority = JobPriority.High, Key = "secret" },
            TestContext.Current.CancellationToken);

        var answer = await app.AskAsync("/queues/LINE/waiting");

        Assert.Equal(2, answer.Json.GetProperty("total").GetInt32());
        Assert.Equal(
            """[{"method":"POST","route":"/jobs/{id}","ageSeconds":2,"partition":0,"priority":"normal"}"""
            + """,{"method":"","route":"","ageSeconds":0,"partition":1,"priority":"high"}]""",
            answer.Json.GetProperty("jobs").GetRawText());
        Assert.DoesNotContain("4711", answer.Body + (await app.AskAsync("/queues")).Body, StringComparison.Ordinal);
        app.Gate.LetOut(2);
        await Task.WhenAll([.. work, urgent]);
    }

    [Fact]
    public async Task Running_StartedBeforeTheFirstRequest_AreCountedButNotListed()
    {
        await using var app =
            await DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous(), settings: "Queues:line:Workers=2");
        var before = app.WorkAsync();
        await app.Gate.EnteredAsync(1);
        var first = (await app.AskAsync("/queues/line/running")).Json;
        var after = app.WorkAsync(method: "GET");
        await app.Gate.EnteredAsync(2);
        app.Clock.Advance(TimeSpan.FromSeconds(5));

        var second = (await app.AskAsync("/queues/line/running")).Json;

        Assert.Equal(
            (1, 1, 0),
            (
                first.GetProperty("total").GetInt32(),
                first.GetProperty("unlisted").GetInt32(),
                first.GetProperty("jobs").GetArrayLength()));
        Assert.Equal((2, 1), (second.GetProperty("total").GetInt32(), second.GetProperty("unlisted").GetInt32()));
        Assert.Equal(
            """[{"method":"GET","route":"/jobs/{id}","ageSeconds":5,"waitedSeconds":0}]""",
            second.GetProperty("jobs").GetRawText());
        app.Gate.LetOut(2);
        await Task.WhenAll(before, after);
        Assert.Equal(0, (await app.AskAsync("/queues/line/running")).Json.GetProperty("jobs").GetArrayLength());
    }

    [Fact]
    public async Task Running_GaveItsWorkerBackEarly_IsNotListedAnyMore()
    {
        await using var app = await StartAsync(map: (web, dashboard) => web.MapGet(
            "/early",
            async (HttpContext context) =>
            {
                context.ReleaseWorker();
                await dashboard.Gate.PassAsync(context);
            }).WithQueue("line"));
        await app.AskAsync("/queues/line/running");
        var early = app.WorkAsync("/early", "GET");
        await app.Gate.EnteredAsync(1);

        var running = (await app.AskAsync("/queues/line/running")).Json;

        Assert.Equal(
            (0, 0, 0),
            (
                running.GetProperty("total").GetInt32(),
                running.GetProperty("unlisted").GetInt32(),
                running.GetProperty("jobs").GetArrayLength()));
        app.Gate.LetOut();
        await early;
    }

    [Fact]
    public async Task Running_NoRequestForAMinute_IsRecordedNoMore()
    {
        await using var app = await StartAsync();
        await app.AskAsync("/queues/line/running");
        Assert.True(app.Line.ListsRunning);

        app.Clock.Advance(TimeSpan.FromMinutes(1) + LiveFeed.Interval);

        Assert.False(app.Line.ListsRunning);
    }

    [Fact]
    public async Task Settings_FromEverywhere_TellWhereEachComesFrom()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowAnonymous(),
            services: services =>
                services.AddQueuedAdmission(
                    o =>
                        o.AddQueue(
                            "line",
                            queue =>
                                (
                                    queue.Workers,
                                    queue.PartitionCapacity,
                                    queue.MaxRetryAfter) = (3, 30, TimeSpan.FromSeconds(30)))),
            settings: "Defaults:MaxWait=00:00:05 Defaults:PartitionCapacity=40 Queues:line:PartitionCapacity=50");
        app.Line.Queue.Update(settings => settings.Partitions = 7);

        var settings = (await app.AskAsync("/queues/line")).Json.GetProperty("settings").EnumerateArray()
            .ToDictionary(
                setting => setting.GetProperty("key").GetString()!,
                setting =>
                    (
                        setting.GetProperty("value").GetString(),
                        setting.GetProperty("source").GetString(),
                        setting.GetProperty("path").GetString()));

        Assert.Equal(("3", "code", null), settings["Workers"]);
        Assert.Equal(
            ("50", "configuration_queue", "QueuedAdmission:Queues:line:PartitionCapacity"),
            settings["PartitionCapacity"]);
        Assert.Equal(("00:00:05", "configuration_defaults", "QueuedAdmission:Defaults:MaxWait"), settings["MaxWait"]);
        Assert.Equal(("00:00:30", "code", null), settings["MaxRetryAfter"]);
        Assert.Equal(("00:00:01", "built_in", null), settings["MinRetryAfter"]);
        Assert.Equal(("7", "live_update", null), settings["Partitions"]);
    }

    [Fact]
    public async Task Reload_Refused_IsTold()
    {
        await using var app = await StartAsync();
        Assert.False((await app.AskAsync("/queues")).Json.TryGetProperty("lastReload", out _));

        app.Reload("Queues:line:Workers=none-of-your-business");

        var answer = await app.AskAsync("/queues");
        Assert.False(answer.Json.GetProperty("lastReload").GetProperty("succeeded").GetBoolean());
        Assert.DoesNotContain("none-of-your-business", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_ApplicationWritesItsOwnDifferently_StaysAsDocumented()
    {
        await using var app = await StartAsync(
            services =>
                services.ConfigureHttpJsonOptions(
                    json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper));

        var answer = await app.AskAsync("/queues");

        Assert.Equal("application/json", answer.Headers.ContentType);
        Assert.Equal("no-store", answer.Headers.CacheControl);
        Assert.Equal("nosniff", answer.Headers.XContentTypeOptions);
        Assert.True(answer.Json.TryGetProperty("queues", out _));
    }

    [Theory]
    [InlineData("/queues/nosuch")]
    [InlineData("/queues/nosuch/waiting")]
    [InlineData("/queues/nosuch/running")]
    [InlineData("/queues/~/index.html")]
    [InlineData("/queues/~/..%2f..%2fappsettings.json")]
    public async Task Address_OfNothing_IsNotFound(string path)
    {
        await using var app = await StartAsync();

        Assert.Equal((404, ""), (await app.AskAsync(path) is var answer ? answer.Status : 0, answer.Body));
    }
}

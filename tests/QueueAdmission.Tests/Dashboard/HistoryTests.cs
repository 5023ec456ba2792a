using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using QueueAdmission.Doubles;

namespace QueueAdmission.Dashboard;

/// <summary>Verifies the history of the minutes before a page was opened.</summary>
public class HistoryTests
{
    private static Task<DashboardApp> StartAsync() => DashboardApp.StartAsync(
        dashboard => dashboard.AllowAnonymous(),
        settings: "Queues:line:Workers=1 Queues:line:Partitions=1 Queues:line:PartitionCapacity=1");

    [Fact]
    public async Task History_NoPageWasOpen_HasEachSecondInWhichSomethingHappened()
    {
        await using var app = await StartAsync();
        var start = app.Clock.GetUtcNow().ToUnixTimeSeconds();
        var work = new List<Task> { app.WorkAsync() };
        await app.Gate.EnteredAsync(1);
        work.Add(app.WorkAsync());
        await Eventually.TrueAsync(() => app.Line.Queue.GetSnapshot().Waiting == 1);
        for (var i = 0; i < 3; i++)
        {
            Assert.False(app.Line.Queue.TryEnter().IsAdmitted);
        }
        app.Clock.Advance(HistorySampler.Interval);
        app.Clock.Advance(HistorySampler.Interval);
        app.Gate.LetOut(2);
        await Task.WhenAll(work);
        await Eventually.TrueAsync(() => app.Line.Queue.GetSnapshot().Ran == 2);
        for (var i = 0; i < 10; i++)
        {
            app.Clock.Advance(HistorySampler.Interval);
        }

        var line = Assert.Single(await ReadAsync(app));

        Assert.Equal("line", line.GetProperty("queue").GetString());
        Assert.Equal(
            $$"""[{{start + 1}},{{start + 2}},{{start + 3}}] [5,0,0] [0,0,2] {"queue_full":[3,0,0]} """
            + "[1,1,0] [1,1,0] [1,2,0] [0,0,0]",
            string.Join(
                ' ',
                ((string[])
                [
                    "seconds", "arrived", "ran", "rejected", "running", "waiting", "longestWaitSeconds", "abandoned",
                ])
                    .Select(name => line.GetProperty(name).GetRawText())));
    }

    [Fact]
    public async Task History_LongAfterwards_ForgetsAndIsBounded()
    {
        await using var app = await StartAsync();
        for (var i = 0; i < QueueHistory.Seconds + 50; i++)
        {
            app.Line.Queue.TryEnter().Dispose();
            app.Clock.Advance(HistorySampler.Interval);
        }

        var line = Assert.Single(await ReadAsync(app));
        var seconds = line.GetProperty("seconds").EnumerateArray().Select(second => second.GetInt64()).ToList();
        Assert.Equal(QueueHistory.Seconds, seconds.Count);
        Assert.Equal(Enumerable.Range(0, QueueHistory.Seconds).Select(i => seconds[0] + i), seconds);
        Assert.Equal(app.Clock.GetUtcNow().ToUnixTimeSeconds(), seconds[^1]);
        Assert.All(line.GetProperty("ran").EnumerateArray(), ran => Assert.Equal(1, ran.GetInt32()));

        app.Clock.Advance(QueueHistory.Seconds * HistorySampler.Interval);
        Assert.Empty(await ReadAsync(app));
    }

    [Fact]
    public async Task History_ClockStepsBack_ShowsNoFuture()
    {
        await using var app = await StartAsync();
        app.Line.Queue.TryEnter().Dispose();
        app.Clock.Advance(HistorySampler.Interval);
        Assert.Single(await ReadAsync(app));

        app.Clock.AdjustTime(app.Clock.GetUtcNow().AddMinutes(-1));
        app.Line.Queue.TryEnter().Dispose();
        app.Clock.Advance(HistorySampler.Interval);

        var line = Assert.Single(await ReadAsync(app));
        Assert.Equal(
            app.Clock.GetUtcNow().ToUnixTimeSeconds(),
            Assert.Single(line.GetProperty("seconds").EnumerateArray()).GetInt64());
    }

    [Fact]
    public async Task History_IdleQueues_IsEmptyAndAllocatesNothing()
    {
        await using var app = await StartAsync();
        app.Clock.Advance(HistorySampler.Interval);
        Assert.Empty(await ReadAsync(app));
        app.Line.History.Add(app.Line.Queue, 1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var second = 2; second < 1_000; second++)
        {
            app.Line.History.Add(app.Line.Queue, second);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task History_ApplicationHasStopped_HasNoTimer()
    {
        await using var app = await StartAsync();
        Assert.Equal(1, app.Clock.TimersArmed);

        await app.StopAsync();
        app.Clock.Advance(HistorySampler.Interval);

        Assert.Equal(0, app.Clock.TimersArmed);
    }

    [Fact]
    public async Task History_DashboardMappedTwice_HasOneTimer()
    {
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowAnonymous(),
            map: (web, _) => web.MapQueueDashboard("/again").AllowAnonymous());

        Assert.Equal(1, app.Clock.TimersArmed);
        Assert.Equal(200, (await app.AskAsync("/again/~/history")).Status);
    }

    private static async Task<JsonElement.ArrayEnumerator> ReadAsync(DashboardApp app) =>
        (await app.AskAsync("/queues/~/history")).Json.GetProperty("queues").EnumerateArray();
}

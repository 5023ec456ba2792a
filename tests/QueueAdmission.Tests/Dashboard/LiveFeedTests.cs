using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using QueueAdmission.Doubles;

namespace QueueAdmission.Dashboard;

public class LiveFeedTests
{
    private static Task<DashboardApp> StartAsync() => DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous());

    [Fact]
    public async Task Feed_NoViewer_DoesNothing()
    {
        await using var app = await StartAsync();
        await app.AskAsync("/queues");
        Assert.Equal(0, app.Clock.TimersArmed);

        using (var viewer = await Viewer.JoinAsync(app))
        {
            await viewer.NextAsync();
            Assert.Equal(1, app.Clock.TimersArmed);
            Assert.True(app.Line.RunningJobs.AreWatched);
        }

        await Eventually.TrueAsync(() =>
        {
            // The server notices a lost viewer at once or at its next message. The timer stops at the next tick.
            app.Clock.Advance(LiveFeed.Interval);
            return app.Clock.TimersArmed == 0;
        });
        Assert.False(app.Line.RunningJobs.AreWatched);
        var asked = app.Clock.Timestamps;
        app.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(asked, app.Clock.Timestamps);
    }

    [Fact]
    public async Task Feed_ManyLook_HasOneTimerAndSendsAllTheSame()
    {
        await using var app = await StartAsync();
        var viewers = new List<Viewer>();
        for (var i = 0; i < 20; i++)
            viewers.Add(await Viewer.JoinAsync(app));
        foreach (var viewer in viewers)
            await viewer.NextAsync();
        Assert.Equal(1, app.Clock.TimersArmed);

        app.Line.Queue.TryEnter().Dispose();
        app.Clock.Advance(LiveFeed.Interval);

        foreach (var viewer in viewers)
        {
            Assert.Equal(1, (await viewer.NextAsync()).GetProperty("queues")[1].GetProperty("totals").GetProperty("ran").GetInt64());
            viewer.Dispose();
        }
    }

    [Fact]
    public async Task Feed_NothingChanges_SendsOnlyASignOfLife()
    {
        await using var app = await StartAsync();
        using var viewer = await Viewer.JoinAsync(app);
        await viewer.NextAsync();
        var before = viewer.At;

        for (var i = 0; i < 29; i++)
            app.Clock.Advance(LiveFeed.Interval);
        var next = viewer.NextAsync();
        Assert.False(next.IsCompleted);
        app.Clock.Advance(LiveFeed.Interval);

        await next;
        Assert.Equal(15_000, viewer.At - before);
    }

    [Fact]
    public async Task Feed_NewcomerMeetsAChange_TellsTheOthersToo()
    {
        await using var app = await StartAsync();
        using var first = await Viewer.JoinAsync(app);
        await first.NextAsync();
        app.Line.Queue.TryEnter().Dispose();

        using var second = await Viewer.JoinAsync(app);

        Assert.Equal((await second.NextAsync()).GetRawText(), (await first.NextAsync()).GetRawText());
    }

    [Fact]
    public async Task Feed_LookedAtForHalfAnHour_EndsSoThatTheViewerIsAskedAgain()
    {
        await using var app = await StartAsync();
        using var viewer = await Viewer.JoinAsync(app);
        await viewer.NextAsync();

        app.Clock.Advance(TimeSpan.FromMinutes(30));

        await viewer.EndAsync();
    }

    [Fact]
    public async Task Feed_ApplicationStops_Ends()
    {
        await using var app = await StartAsync();
        using var viewer = await Viewer.JoinAsync(app);
        await viewer.NextAsync();

        var stop = app.StopAsync();

        await viewer.EndAsync();
        await stop;
    }

    [Fact]
    public async Task Feed_QueueAddedWhileLooking_IsSeenAndWatched()
    {
        await using var app = await StartAsync();
        using var viewer = await Viewer.JoinAsync(app);
        await viewer.NextAsync();

        app.Reload("Queues:new:Workers=1");
        app.Clock.Advance(LiveFeed.Interval);

        Assert.Equal(3, (await viewer.NextAsync()).GetProperty("queues").GetArrayLength());
        Assert.True(app.Registry.Find("new")!.RunningJobs.AreWatched);
    }

    private sealed class Viewer : IDisposable
    {
        private readonly HttpClient _client;
        private readonly HttpResponseMessage _response;
        private readonly StreamReader _reader;

        private Viewer(HttpClient client, HttpResponseMessage response, Stream stream) =>
            (_client, _response, _reader) = (client, response, new StreamReader(stream));

        /// <summary>The server's time of day in the last message.</summary>
        public long At { get; private set; }

        public static async Task<Viewer> JoinAsync(DashboardApp app)
        {
            var client = app.NewClient();
            client.DefaultRequestHeaders.Add("Accept", "text/event-stream");
            var response = await client.GetAsync(
                "/queues", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
            return new Viewer(
                client, response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        }

        public async Task<JsonElement> NextAsync()
        {
            At = long.Parse(
                (await _reader.ReadLineAsync(TestContext.Current.CancellationToken))!["id: ".Length..],
                System.Globalization.CultureInfo.InvariantCulture);
            var data = (await _reader.ReadLineAsync(TestContext.Current.CancellationToken))!["data: ".Length..];
            await _reader.ReadLineAsync(TestContext.Current.CancellationToken);
            return JsonDocument.Parse(data).RootElement;
        }

        public async Task EndAsync()
        {
            while (await _reader.ReadLineAsync(TestContext.Current.CancellationToken) is not null)
            {
                // Messages that were already on their way.
            }
        }

        public void Dispose()
        {
            _reader.Dispose();
            _response.Dispose();
            _client.Dispose();
        }
    }
}

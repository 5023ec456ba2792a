using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using QueueAdmission.Doubles;

namespace QueueAdmission.Dashboard;

/// <summary>Verifies the dashboard's live stream over HTTP.</summary>
public class LiveStreamTests
{
    // The history has a timer even if no page is open.
    private const int HistoryTimer = 1;

    private static Task<DashboardApp> StartAsync() => DashboardApp.StartAsync(dashboard => dashboard.AllowAnonymous());

    [Fact]
    public async Task Feed_NoViewer_DoesNothing()
    {
        await using var app = await StartAsync();
        await app.AskAsync("/queues");
        Assert.Equal(HistoryTimer, app.Clock.TimersArmed);

        using (var viewer = await Viewer.JoinAsync(app))
        {
            await viewer.NextAsync();
            Assert.Equal(HistoryTimer + 1, app.Clock.TimersArmed);
            Assert.True(app.Line.ListsRunning);
        }

        await Eventually.TrueAsync(() =>
        {
            // The server notices a closed connection at once or at its next message. The timer stops at the next tick.
            app.Clock.Advance(LiveFeed.Interval);
            return app.Clock.TimersArmed == HistoryTimer;
        });
        Assert.False(app.Line.ListsRunning);
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
        Assert.Equal(HistoryTimer + 1, app.Clock.TimersArmed);

        app.Line.Queue.TryEnter().Dispose();
        app.Clock.Advance(LiveFeed.Interval);

        foreach (var viewer in viewers)
        {
            var changed = Assert.Single((await viewer.NextAsync()).GetProperty("queues").EnumerateArray());
            Assert.Equal("line", changed.GetProperty("name").GetString());
            Assert.Equal(1, changed.GetProperty("totals").GetProperty("ran").GetInt64());
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
    public async Task Feed_NewcomerAfterAChange_GetsTheLastStateAndTheChangeWithTheOthers()
    {
        await using var app = await StartAsync();
        using var first = await Viewer.JoinAsync(app);
        var state = await first.NextAsync();
        app.Line.Queue.TryEnter().Dispose();

        using var second = await Viewer.JoinAsync(app);

        Assert.Equal(state.GetRawText(), (await second.NextAsync()).GetRawText());
        app.Clock.Advance(LiveFeed.Interval);
        Assert.Equal((await second.NextAsync()).GetRawText(), (await first.NextAsync()).GetRawText());
    }

    [Fact]
    public async Task Feed_Begins_WithTheProcessAndThePermissions()
    {
        await using var app = await StartAsync();

        using var viewer = await Viewer.JoinAsync(app);

        Assert.Equal(
            Environment.ProcessId, viewer.Greeting.GetProperty("instance").GetProperty("processId").GetInt32());
        Assert.False(viewer.Greeting.GetProperty("steering").GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task Feed_StateOfSeveralPieces_ArrivesWhole()
    {
        var queues = string.Join(' ', Enumerable.Range(0, 100).Select(number => $"Queues:queue-{number}:Workers=1"));
        await using var app = await DashboardApp.StartAsync(
            dashboard => dashboard.AllowAnonymous(), settings: $"Queues:line:Workers=1 {queues}");

        using var viewer = await Viewer.JoinAsync(app);

        var state = await viewer.NextAsync();
        Assert.True(state.GetRawText().Length > 65_536);
        Assert.Equal(101, state.GetProperty("queues").GetArrayLength());
        Assert.Equal(
            state.GetProperty("names").EnumerateArray().Select(name => name.GetString()),
            state.GetProperty("queues").EnumerateArray().Select(queue => queue.GetProperty("name").GetString()));
    }

    /// <summary>The page merges the defaults with the differences.</summary>
    [Fact]
    public async Task Feed_Settings_AreTheDefaultsAndWhatDiffersFromThem()
    {
        await using var app = await StartAsync();
        using var viewer = await Viewer.JoinAsync(app);

        var state = await viewer.NextAsync();

        var line = state.GetProperty("queues")[0];
        Assert.Equal(
            ["Workers", "Partitions"],
            line.GetProperty("settings").EnumerateArray().Select(setting => setting.GetProperty("key").GetString()));
        var report = (await app.AskAsync("/queues/line")).Json.GetProperty("settings").EnumerateArray().ToList();
        Assert.Equal(
            report.Select(setting => setting.GetRawText()),
            state.GetProperty("defaults").EnumerateArray()
                .Select(setting => line.GetProperty("settings").EnumerateArray()
                .Where(own => own.GetProperty("key").GetString() == setting.GetProperty("key").GetString())
                .DefaultIfEmpty(setting).Single().GetRawText()));
    }

    [Fact]
    public async Task Join_OneAddressHasItsShare_Is429UntilAViewerLeaves()
    {
        await using var app = await StartAsync();
        var viewers = new List<Viewer>();
        // Requests of the test server have no address. All of them count as one client.
        for (var i = 0; i < ViewerPlaces.MaxPerAddress; i++)
            viewers.Add(await Viewer.JoinAsync(app));

        var refused = await app.AskAsync("/queues", WithoutAddress, accept: "text/event-stream");
        Assert.Equal(429, refused.Status);
        Assert.Equal("application/problem+json", refused.Headers.ContentType);
        Assert.Contains("One address may have 500 pages open", refused.Json.GetProperty("detail").GetString());

        viewers[0].Dispose();
        Viewer? next = null;
        for (var i = 0; next is null && i < 1_000; i++)
        {
            // The server notices a closed connection at once or at its next message.
            app.Clock.Advance(LiveFeed.Interval);
            await Task.Yield();
            next = await Viewer.TryJoinAsync(app);
        }
        Assert.NotNull(next);
        next.Dispose();
        viewers.ForEach(viewer => viewer.Dispose());

        static void WithoutAddress(Microsoft.AspNetCore.Http.HttpContext context) =>
            context.Connection.RemoteIpAddress = null;
    }

    [Fact]
    public async Task Join_OneUserHasItsShare_Is429WhileOthersGetPlaces()
    {
        await using var app = await StartAsync();
        var viewers = new List<Viewer>();
        for (var i = 0; i < ViewerPlaces.MaxPerUser; i++)
            viewers.Add(await Viewer.JoinAsync(app, "alice"));

        Assert.Null(await Viewer.TryJoinAsync(app, "alice"));

        using var other = await Viewer.JoinAsync(app, "bob");
        viewers.ForEach(viewer => viewer.Dispose());
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

        var next = await viewer.NextAsync();
        Assert.Equal(
            ["line", "new"], next.GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("new", Assert.Single(next.GetProperty("queues").EnumerateArray()).GetProperty("name").GetString());
        Assert.True(app.Registry.Find("new")!.ListsRunning);
    }

    private sealed class Viewer : IDisposable
    {
        private readonly HttpClient _client;
        private readonly HttpResponseMessage _response;
        private readonly StreamReader _reader;

        private Viewer(HttpClient client, HttpResponseMessage response, Stream stream) =>
            (_client, _response, _reader) = (client, response, new StreamReader(stream));

        /// <summary>The first event of the stream.</summary>
        public JsonElement Greeting { get; private set; }

        /// <summary>The server's time of day in the last message.</summary>
        public long At { get; private set; }

        public static async Task<Viewer> JoinAsync(DashboardApp app, string? user = null) =>
            await TryJoinAsync(app, user) ?? throw new InvalidOperationException("The viewer was refused.");

        /// <returns>Null if the viewer was refused with 429.</returns>
        public static async Task<Viewer?> TryJoinAsync(DashboardApp app, string? user = null)
        {
            var client = app.NewClient();
            client.DefaultRequestHeaders.Add("Accept", "text/event-stream");
            if (user is not null)
                client.DefaultRequestHeaders.Add("User", user);
            var response = await client.GetAsync(
                "/queues", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            if (response.StatusCode == System.Net.HttpStatusCode.TooManyRequests)
                return null;
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
            var viewer = new Viewer(
                client, response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            Assert.Equal("event: hello", await viewer.ReadLineAsync());
            viewer.Greeting = JsonDocument.Parse((await viewer.ReadLineAsync())["data: ".Length..]).RootElement;
            Assert.Equal("", await viewer.ReadLineAsync());
            return viewer;
        }

        public async Task<JsonElement> NextAsync()
        {
            At = long.Parse(
                (await ReadLineAsync())["id: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
            var data = (await ReadLineAsync())["data: ".Length..];
            await ReadLineAsync();
            return JsonDocument.Parse(data).RootElement;
        }

        public async Task EndAsync()
        {
            while (await _reader.ReadLineAsync(TestContext.Current.CancellationToken) is not null)
            {
                // Skip messages that were already under way.
            }
        }

        private async Task<string> ReadLineAsync() =>
            (await _reader.ReadLineAsync(TestContext.Current.CancellationToken))!;

        public void Dispose()
        {
            _reader.Dispose();
            _response.Dispose();
            _client.Dispose();
        }
    }
}

using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class FallbackQueueTests
{
    private const string Settings =
        "FallbackQueue=rest Queues:rest:Workers=1 Queues:rest:PartitionCapacity=0 Queues:own:Workers=1";

    [Theory]
    [InlineData("/plain", "rest")]
    [InlineData("/own", "own")]
    [InlineData("/disabled", QueueReport.NotQueued)]
    public async Task Endpoint_WithAFallbackQueue_RunsBehindItUnlessItSaysOtherwise(string path, string queue)
    {
        await using var app = await StartAsync();

        Assert.Equal(queue, await app.GetStringAsync(path));
    }

    [Fact]
    public async Task Fallback_AtStart_LogsWhatItCaught()
    {
        await using var app = await StartAsync();

        var caught = Assert.Single(app.Log.GetSnapshot(), record => record.Id.Name == "FallbackQueue").Message;

        Assert.Contains("'rest'", caught, StringComparison.Ordinal);
        Assert.All(["/plain", "/socket"], path => Assert.Contains(path, caught, StringComparison.Ordinal));
        Assert.All(
            ["/own", "/disabled", "Health checks"],
            path => Assert.DoesNotContain(path, caught, StringComparison.Ordinal));
    }

    [Fact]
    public async Task HealthCheck_WithAFallbackQueueThatIsFull_Answers()
    {
        await using var app = await StartAsync();
        using var occupied = app.Queue("rest").TryEnter();

        Assert.Equal("Healthy", await app.GetStringAsync("/health"));
        using var plain = await app.GetAsync("/plain");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, plain.StatusCode);
    }

    [Fact]
    public async Task HealthCheck_WithAQueueOfItsOwn_IsQueued()
    {
        await using var app = await StartAsync(map: app => app.MapHealthChecks("/deep-health").WithQueue("own"));
        app.Queue("own").Update(settings => settings.PartitionCapacity = 0);
        using var occupied = app.Queue("own").TryEnter();

        using var response = await app.GetAsync("/deep-health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OptionsEndpoint_WithAFallbackQueueThatIsFull_Answers(bool asPreflight)
    {
        await using var app = await StartAsync(map: app => app.MapMethods("/options", ["OPTIONS"], () => "options"));
        using var occupied = app.Queue("rest").TryEnter();

        using var answered = await SendOptionsAsync(app, "/options", asPreflight);

        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Theory]
    [InlineData("/any")]
    [InlineData("/several")]
    public async Task EndpointThatTakesMoreThanOptions_AskedByAPreflight_IsQueued(string path)
    {
        await using var app = await StartAsync(map: app =>
        {
            app.Map("/any", QueueReport.Of);
            app.MapMethods("/several", ["GET", "OPTIONS"], QueueReport.Of);
        });
        using var occupied = app.Queue("rest").TryEnter();

        using var refused = await SendOptionsAsync(app, path, asPreflight: true);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    [Fact]
    public async Task Preflight_ThatTheCorsMiddlewareAnswersInFront_NeedsNoWorker()
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseRouting();
            app.UseCors(policy => policy.AllowAnyOrigin().AllowAnyMethod());
            app.UseQueuedAdmission();
            app.MapPost("/order", QueueReport.Of);
        }, services => services.AddCors());
        using var occupied = app.Queue("rest").TryEnter();

        using var answered = await SendOptionsAsync(app, "/order", asPreflight: true);

        Assert.Equal(HttpStatusCode.NoContent, answered.StatusCode);
    }

    [Fact]
    public async Task StaticAsset_WithAFallbackQueueThatIsFull_IsServed()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "app.js"), "js;", TestContext.Current.CancellationToken);
            var manifest = Path.Combine(folder.FullName, "shop.staticwebassets.endpoints.json");
            await File.WriteAllTextAsync(manifest, """
                { "Version": 1, "ManifestType": "Publish", "Endpoints": [
                  { "Route": "app.js", "AssetFile": "app.js", "Selectors": [],
                    "ResponseHeaders": [
                      { "Name": "Content-Length", "Value": "3" },
                      { "Name": "Content-Type", "Value": "text/javascript" },
                      { "Name": "ETag", "Value": "\"1\"" },
                      { "Name": "Last-Modified", "Value": "Mon, 05 Jan 2026 10:00:00 GMT" } ],
                    "EndpointProperties": [] } ] }
                """, TestContext.Current.CancellationToken);
            using var files = new PhysicalFileProvider(folder.FullName);
            await using var app = await StartAsync(map: app =>
            {
                app.Environment.WebRootFileProvider = files;
                app.MapStaticAssets(manifest);
            });
            using var occupied = app.Queue("rest").TryEnter();

            Assert.Equal("js;", await app.GetStringAsync("/app.js"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task WebSocket_WithAFallbackQueue_GivesItsWorkerBackAtTheUpgrade()
    {
        await using var app = await StartAsync(kestrel: true);
        using ClientWebSocket one = new(), another = new();

        await one.ConnectAsync(new Uri($"ws://{app.Http1Address}/socket"), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => app.Queue("rest").GetSnapshot().Running == 0);
        await another.ConnectAsync(new Uri($"ws://{app.Http1Address}/socket"), TestContext.Current.CancellationToken);

        Assert.Equal((WebSocketState.Open, WebSocketState.Open), (one.State, another.State));
    }

    [Fact]
    public async Task Upgrade_ClaimedAtAnEndpointThatDoesNotUpgrade_IsQueuedByTheFallbackQueue()
    {
        await using var app = await StartAsync(kestrel: true);
        using var occupied = app.Queue("rest").TryEnter();

        using var claim = new HttpRequestMessage(HttpMethod.Get, "/plain")
        {
            Headers =
            {
                { "Connection", "Upgrade" },
                { "Upgrade", "websocket" },
                { "Sec-WebSocket-Version", "13" },
                { "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==" },
            },
        };
        using var refused = await app.Client.SendAsync(claim, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    [Fact]
    public async Task FallbackQueue_ChangedByReload_ActsOnTheNextRequest()
    {
        await using var app = await StartAsync();
        Assert.Equal("rest", await app.GetStringAsync("/plain"));

        app.Reload("FallbackQueue=own");
        Assert.Equal("own", await app.GetStringAsync("/plain"));

        app.Remove("FallbackQueue");
        Assert.Equal(QueueReport.NotQueued, await app.GetStringAsync("/plain"));

        app.Reload("FallbackQueue=added Queues:added:Workers=1");
        Assert.Equal("added", await app.GetStringAsync("/plain"));
        Assert.Equal("own", await app.GetStringAsync("/own"));
    }

    private static async Task<HttpResponseMessage> SendOptionsAsync(TestApp app, string path, bool asPreflight)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        if (asPreflight)
        {
            request.Headers.Add("Origin", "https://shop.example");
            request.Headers.Add("Access-Control-Request-Method", "POST");
        }
        return await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<TestApp> StartAsync(bool kestrel = false, Action<WebApplication>? map = null)
    {
        return kestrel
            ? TestApp.StartKestrelAsync(Settings, Configure, Services)
            : TestApp.StartAsync(Settings, Configure, Services);

        void Configure(WebApplication app)
        {
            app.UseWebSockets();
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/plain", QueueReport.Of);
            app.MapGet("/own", QueueReport.Of).WithQueue("own");
            app.MapGet("/disabled", QueueReport.Of).DisableQueue();
            app.MapHealthChecks("/health");
            app.Map("/socket", async context =>
            {
                if (!context.WebSockets.IsWebSocketRequest)
                    return;
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await socket.ReceiveAsync(new byte[1], context.RequestAborted);
            });
            map?.Invoke(app);
        }

        static void Services(IServiceCollection services) => services.AddHealthChecks();
    }
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using QueueAdmission.Doubles;

namespace QueueAdmission;

/// <summary>Verifies which endpoints a fallback queue does not apply to, even if it is full.</summary>
public sealed class FallbackExemptionTests
{
    private const string Settings = "FallbackQueue=rest Queues:rest:Workers=1 Queues:rest:PartitionCapacity=0";

    [Theory]
    [InlineData("/plain")]
    [InlineData("/renamed")]
    [InlineData("/filtered")]
    [InlineData("/filtered-renamed")]
    [InlineData("/group/grouped")]
    [InlineData("/group/grouped-renamed")]
    [InlineData("/wrapped")]
    [InlineData("/async-wrapped-renamed")]
    public async Task HealthCheck_HoweverItIsMapped_Answers(string path)
    {
        await using var app = await StartAsync(app =>
        {
            app.MapHealthChecks("/plain");
            app.MapHealthChecks("/renamed").WithDisplayName("probe");
            app.MapHealthChecks("/filtered").AddEndpointFilter(static (context, next) => next(context));
            app.MapHealthChecks("/filtered-renamed").AddEndpointFilter(static (context, next) => next(context))
                .WithDisplayName("probe");
            var group = app.MapGroup("/group").AddEndpointFilter(static (context, next) => next(context));
            group.MapHealthChecks("/grouped");
            group.MapHealthChecks("/grouped-renamed").WithDisplayName("probe");
            app.MapHealthChecks("/wrapped").Add(endpoint => Wrap(endpoint));
            app.MapHealthChecks("/async-wrapped-renamed").WithDisplayName("probe").Add(endpoint => Wrap(endpoint));
        }, services => services.AddHealthChecks());
        using var occupied = app.Queue("rest").TryEnter();

        Assert.Equal("Healthy", await app.GetStringAsync(path));
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/group/metrics")]
    [InlineData("/prometheus-net")]
    public async Task Metrics_HoweverTheyAreMapped_Answer(string path)
    {
        await using var app = await StartAsync(app =>
        {
            app.MapPrometheusScrapingEndpoint("/metrics").WithDisplayName("scraped");
            app.MapGroup("/group").AddEndpointFilter(static (context, next) => next(context))
                .MapPrometheusScrapingEndpoint("/metrics");
            // The display name that the package prometheus-net.AspNetCore uses.
            app.Map("/prometheus-net", static context => context.Response.WriteAsync("metrics"))
                .WithDisplayName("Prometheus metrics");
        }, services => services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddPrometheusExporter()));
        using var occupied = app.Queue("rest").TryEnter();

        using var response = await app.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("/grpc.health.v1.Health/Check", HttpStatusCode.OK)]
    [InlineData("/grpc.health.v1.Health/Watch", HttpStatusCode.OK)]
    [InlineData("/prefix/grpc.health.v1.Health/Check", HttpStatusCode.OK)]
    [InlineData("/shop.Health/Check", HttpStatusCode.ServiceUnavailable)]
    // For a catch-all route, the path of the request is not considered.
    [InlineData("/any/grpc.health.v1.Health/Check", HttpStatusCode.ServiceUnavailable)]
    public async Task GrpcHealth_IsRecognizedByItsRoute(string path, HttpStatusCode expected)
    {
        await using var app = await StartAsync(app =>
        {
            app.MapPost("/grpc.health.v1.Health/Check", () => "check").WithDisplayName("probe");
            app.MapPost("/grpc.health.v1.Health/Watch", () => "watch");
            app.MapGroup("/prefix").MapPost("/grpc.health.v1.Health/Check", () => "check");
            app.MapPost("/shop.Health/Check", () => "check");
            app.MapPost("/any/{*path}", () => "any");
        });
        using var occupied = app.Queue("rest").TryEnter();

        using var response = await app.Client.PostAsync(path, content: null, TestContext.Current.CancellationToken);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("FallbackExemptions:0=/internal/status", "/internal/status", true)]
    [InlineData("FallbackExemptions:0=/INTERNAL/Status", "/internal/status", true)]
    [InlineData("FallbackExemptions:0=/other FallbackExemptions:1=/internal/*", "/internal/status", true)]
    [InlineData("FallbackExemptions:0=/internal/*", "/internal/7", true)]
    [InlineData("FallbackExemptions:0=/internal/{id:int}", "/internal/7", true)]
    [InlineData("FallbackExemptions:0=Probe*", "/probe", true)]
    [InlineData("FallbackExemptions:0=/internal/?tatus", "/internal/status", true)]
    [InlineData(@"FallbackExemptions:0=/internal/\*", "/internal/status", false)]
    [InlineData(@"FallbackExemptions:0=/internal/\status", "/internal/status", true)]
    [InlineData("FallbackExemptions:0=/internal/*", "/probe", false)]
    [InlineData("FallbackExemptions:0=/internal", "/internal/status", false)]
    // The path is chosen by the client, and does not count. The route pattern is chosen by the application.
    [InlineData("FallbackExemptions:0=/internal/7", "/internal/7", false)]
    [InlineData("FallbackExemptions:0=/files/internal/*", "/files/internal/status", false)]
    public async Task Setting_MatchesRoutePatternOrDisplayName(string setting, string path, bool exempt)
    {
        await using var app = await StartAsync(MapInternal, settings: $"{Settings} {setting}");
        using var occupied = app.Queue("rest").TryEnter();

        using var response = await app.GetAsync(path);

        Assert.Equal(exempt ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task Setting_OfAnEndpointThatNamesAQueue_ChangesNothing()
    {
        await using var app = await StartAsync(
            app => app.MapGet("/own", QueueReport.Of).WithQueue("rest"),
            settings: $"{Settings} FallbackExemptions:0=/own");

        Assert.Equal("rest", await app.GetStringAsync("/own"));
    }

    [Fact]
    public async Task Setting_InCode_HoldsUntilConfigurationHasEntries()
    {
        await using var app = await StartAsync(
            MapInternal, services => services.AddQueuedAdmission(options => options.FallbackExemptions.Add("Probe")));
        using var occupied = app.Queue("rest").TryEnter();
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable),
            (await StatusAsync(app, "/probe"), await StatusAsync(app, "/internal/status")));

        app.Reload("FallbackExemptions:0=/internal/*");
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK),
            (await StatusAsync(app, "/probe"), await StatusAsync(app, "/internal/status")));

        app.Reload("FallbackExemptions:0=");
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable),
            (await StatusAsync(app, "/probe"), await StatusAsync(app, "/internal/status")));
    }

    [Fact]
    public async Task Setting_Reloaded_HoldsForAnEndpointThatHasHadRequests()
    {
        await using var app = await StartAsync(MapInternal);
        using var occupied = app.Queue("rest").TryEnter();
        for (var request = 0; request < 3; request++)
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(app, "/probe"));

        // Only the exemptions change. The queues remain the same.
        app.Reload($"{Settings} FallbackExemptions:0=Probe");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/probe"));
    }

    [Fact]
    public async Task Setting_ThatMatchesNoEndpoint_IsLoggedAtStart()
    {
        await using var app = await StartAsync(
            MapInternal, settings: $"{Settings} FallbackExemptions:0=/internal/* FallbackExemptions:1=/intrenal/*");

        var warning = Assert.Single(app.Log.GetSnapshot(), record => record.Id.Name == "UnusedExemption").Message;
        Assert.Contains("'/intrenal/*'", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShortCircuitedEndpoint_IsNotListedAsCaught()
    {
        await using var app = await StartAsync(app => app.MapGet("/icon", () => "icon").ShortCircuit());

        Assert.DoesNotContain(
            "/icon",
            Assert.Single(app.Log.GetSnapshot(), record => record.Id.Name == "FallbackQueue").Message,
            StringComparison.Ordinal);
    }

    private static void MapInternal(WebApplication app)
    {
        app.MapGet("/internal/status", () => "status");
        app.MapGet("/internal/{id:int}", (int id) => id);
        app.MapGet("/probe", () => "probe").WithDisplayName("Probe");
        app.MapGet("/files/{*path}", (string path) => path);
    }

    private static void Wrap(EndpointBuilder endpoint)
    {
        var inner = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = async context => await inner(context);
    }

    private static async Task<HttpStatusCode> StatusAsync(TestApp app, string path)
    {
        using var response = await app.GetAsync(path);
        return response.StatusCode;
    }

    private static Task<TestApp> StartAsync(
        Action<WebApplication> map, Action<IServiceCollection>? services = null, string settings = Settings) =>
        TestApp.StartAsync(settings, app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", QueueReport.Of);
            map(app);
        }, services);
}

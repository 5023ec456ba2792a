using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class RuntimeEndpointTests
{
    [Fact]
    public async Task Endpoint_AddedAtRunTime_RunsBehindItsQueue()
    {
        using var endpoints = new GrowingEndpoints();
        await using var app = await StartAsync(endpoints);

        endpoints.Add("/late", "q");

        Assert.Equal("q", await app.GetStringAsync("/late"));
    }

    [Fact]
    public async Task Endpoint_AddedAtRunTimeWithAnUnknownQueue_IsLoggedAndAnswers500UntilTheQueueExists()
    {
        using var endpoints = new GrowingEndpoints();
        await using var app = await StartAsync(endpoints);

        endpoints.Add("/late", "lost");

        using var broken = await app.GetAsync("/late");
        var body = await broken.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
        Assert.Equal("", body);
        var error = Assert.Single(app.Log.GetSnapshot(), record => record.Level >= LogLevel.Error).Message;
        Assert.All(["'/late'", "'lost'", "500"], name => Assert.Contains(name, error, StringComparison.Ordinal));

        app.Reload("Queues:lost:Workers=1");

        Assert.Equal("lost", await app.GetStringAsync("/late"));
    }

    [Fact]
    public async Task Endpoint_UnknownQueueInDevelopment_SaysWhatIsWrong()
    {
        using var endpoints = new GrowingEndpoints();
        await using var app = await StartAsync(endpoints, Environments.Development);

        endpoints.Add("/late", "lost");

        using var broken = await app.GetAsync("/late");
        var body = await broken.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
        Assert.All(["'/late'", "'lost'"], name => Assert.Contains(name, body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Endpoint_MadeOnTheFlyWithAnUnknownQueue_IsLoggedOnceAndAnswers500UntilTheQueueExists()
    {
        var onTheFly = new RouteEndpoint(
            context => context.Response.WriteAsync(QueueReport.Of(context)),
            RoutePatternFactory.Parse("/"),
            0,
            new EndpointMetadataCollection(new QueuedAttribute("lost")),
            "made on the fly");
        await using var app = await TestApp.StartAsync("", app =>
        {
            app.UseRouting();
            app.Use((context, next) =>
            {
                context.SetEndpoint(onTheFly);
                return next(context);
            });
            app.UseQueuedAdmission();
            app.MapGet("/", () => "mapped");
        });

        for (var i = 0; i < 2; i++)
        {
            using var broken = await app.GetAsync("/");
            Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
        }

        Assert.Contains(
            "'made on the fly'",
            Assert.Single(app.Log.GetSnapshot(), record => record.Level >= LogLevel.Error).Message,
            StringComparison.Ordinal);
        app.Reload("Queues:lost:Workers=1");
        Assert.Equal("lost", await app.GetStringAsync("/"));
    }

    private static Task<TestApp> StartAsync(GrowingEndpoints endpoints, string? environment = null) =>
        TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.Services.GetRequiredService<IHostEnvironment>().EnvironmentName = environment
                ?? Environments.Production;
            app.UseQueuedAdmission();
            ((IEndpointRouteBuilder)app).DataSources.Add(endpoints);
        });

    private sealed class GrowingEndpoints : EndpointDataSource, IDisposable
    {
        private readonly List<Endpoint> _endpoints = [];
        private CancellationTokenSource _changed = new();

        public override IReadOnlyList<Endpoint> Endpoints => [.. _endpoints];

        public override IChangeToken GetChangeToken() => new CancellationChangeToken(_changed.Token);

        public void Add(string path, string queue)
        {
            _endpoints.Add(new RouteEndpoint(
                context => context.Response.WriteAsync(QueueReport.Of(context)),
                RoutePatternFactory.Parse(path),
                0,
                new EndpointMetadataCollection(new QueuedAttribute(queue)),
                path));
            using var changed = _changed;
            _changed = new CancellationTokenSource();
            changed.Cancel();
        }

        public void Dispose() => _changed.Dispose();
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QueueAdmission.Deferred.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Endpoints;

public sealed class StartErrorTests
{
    [Fact]
    public async Task Filter_AddedAfterDefer_StopsTheStart() => await AssertFailsAsync(
        "'HTTP: POST /posts' has Defer(), but a filter was added after it, which would not run before a request is "
            + "accepted: call Defer() after all filters",
        app => app.MapPost("/posts", () => { }).WithQueue("posts").Defer().AddEndpointFilter(
            static (context, next) => next(context)));

    [Fact]
    public async Task Filter_OfAnEndpointInADeferredGroup_StopsTheStart() => await AssertFailsAsync(
        "call Defer() after all filters, on the endpoint itself",
        app => app.MapGroup("/all").WithQueue("posts").Defer().MapPost("/posts", () => { }).AddEndpointFilter(
            static (context, next) => next(context)));

    [Fact]
    public async Task Filter_AddedBeforeDefer_IsFine()
    {
        await using var app = await DeferredApp.StartAsync("Queues:posts:Workers=1", app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", () => { }).AddEndpointFilter(static (context, next) => next(context))
                .WithQueue("posts").Defer();
        });

        await app.AcceptAsync("/posts");
    }

    [Fact]
    public async Task Queue_NotNamed_StopsTheStart() => await AssertFailsAsync(
        "'HTTP: POST /posts' has Defer(), but it names no queue",
        app => app.MapPost("/posts", () => { }).Defer());

    [Fact]
    public async Task Queue_OnlyTheFallbackQueue_StopsTheStart() => await AssertFailsAsync(
        "but it names no queue", app => app.MapPost("/posts", () => { }).Defer(),
        settings: "FallbackQueue=posts Queues:posts:Workers=1");

    [Fact]
    public async Task Queue_Disabled_StopsTheStart() => await AssertFailsAsync(
        "but it names no queue", app => app.MapPost("/posts", () => { }).WithQueue("posts").DisableQueue().Defer());

    [Fact]
    public async Task Hub_Deferred_StopsTheStart() => await AssertFailsAsync(
        "a hub is a connection, which cannot run later",
        app => app.MapHub<EmptyHub>("/hub").WithQueue("posts").Defer(), services => services.AddSignalR());

    [Fact]
    public async Task Endpoint_WithoutPlaceForAFilter_StopsTheStart() => await AssertFailsAsync(
        "it runs no filter that could store the request",
        app =>
        {
            // As with a proxy or gRPC, the endpoints are created without the filters of their builders.
            var endpoint = new RouteEndpointBuilder(
                _ => Task.CompletedTask, RoutePatternFactory.Parse("/proxied"), order: 0)
            {
                ApplicationServices = app.Services,
            };
            var builder = new OwnBuilder();
            builder.WithQueue("posts").Defer();
            builder.Apply(endpoint);
            ((IEndpointRouteBuilder)app).DataSources.Add(new DefaultEndpointDataSource(endpoint.Build()));
        });

    [Fact]
    public async Task Endpoint_OfAPlainRequestDelegate_IsFine()
    {
        await using var app = await DeferredApp.StartAsync("Queues:posts:Workers=1", app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", (RequestDelegate)(context => context.Response.WriteAsync("plain"))).WithQueue("posts")
                .Defer();
        });

        var job = await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        Assert.Equal(
            "plain", await app.Client.GetStringAsync($"{job}/response", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Attribute_OnAMinimalApi_StopsTheStart() => await AssertFailsAsync(
        "use [Defer] on controllers, and Defer() on other endpoints",
        app => app.MapPost("/posts", [Queued("posts"), Defer] () => { }));

    [Theory]
    [InlineData("Authorization")]
    [InlineData("cookie")]
    public async Task Parameter_WithCredentials_StopsTheStart(string header)
    {
        Delegate handler = header == "cookie"
            ? ([FromHeader(Name = "cookie")] string? value) => value
            : ([FromHeader(Name = "Authorization")] string? value) => value;
        await AssertFailsAsync(
            $"a parameter from the header {header}: credentials are never stored",
            app => app.MapPost("/posts", handler).WithQueue("posts").Defer());
    }

    [Fact]
    public async Task MapDeferredJobs_Missing_StopsTheStart() => await AssertFailsAsync(
        "call app.MapDeferredJobs(\"/jobs\")",
        app => app.MapPost("/posts", () => { }).WithMetadata(new DeferredApp.NoStatus()).WithQueue("posts").Defer());

    [Fact]
    public async Task Store_Missing_StopsTheStart() => await AssertBareFailsAsync(
        "AddDeferredJobs has no store. Install QueueAdmission.Sqlite, for example, and write: "
            + "builder.Services.AddQueuedAdmission().AddDeferredJobs(d => d.UseSqlite(\"Data Source=jobs.db\"))",
        services => services.AddQueuedAdmission().AddDeferredJobs(static _ => { }));

    [Fact]
    public async Task Store_MissingAndNothingIsDeferred_StopsTheStart() => await AssertBareFailsAsync(
        "AddDeferredJobs has no store", services => services.AddQueuedAdmission().AddDeferredJobs(static _ => { }),
        app => { });

    [Fact]
    public async Task Endpoints_NoneIsDeferred_StartsWithTheStore()
    {
        await using var app = await DeferredApp.StartAsync(
            "Queues:posts:Workers=1", app => app.UseRouting().UseQueuedAdmission());

        await app.RunAllAsync();

        Assert.Null(app.Jobs.Outage);
    }

    [Fact]
    public async Task Program_WithoutAWebServer_StopsTheStart()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddJobQueue("posts")
            .AddDeferredJobs(jobs => jobs.UseStore(static _ => new InMemoryJobStore().Open()));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("AddDeferredJobs needs a web application", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddDeferredJobs_Missing_StopsTheStart() =>
        await AssertBareFailsAsync(
            "has Defer(), which needs AddDeferredJobs", services => services.AddQueuedAdmission());

    [Fact]
    public async Task Keys_Ephemeral_StopTheStart()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => DeferredApp.StartAsync(
            "Queues:posts:Workers=1",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapPost("/posts", () => { }).WithQueue("posts").Defer();
            },
            jobs: jobs => jobs.ConfigureDataProtection(protection => protection.UseEphemeralDataProtectionProvider())));

        Assert.Contains("ephemeral keys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_EphemeralButUnprotected_AreFine()
    {
        await using var app = await DeferredApp.StartAsync(
            "Queues:posts:Workers=1",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapPost("/posts", () => "x").WithQueue("posts").Defer();
            },
            jobs: jobs => jobs.Unprotected().ConfigureDataProtection(
                protection => protection.UseEphemeralDataProtectionProvider()));

        var job = await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        Assert.Equal("x", await app.Client.GetStringAsync($"{job}/response", TestContext.Current.CancellationToken));
    }

    private static async Task AssertFailsAsync(
        string expected,
        Action<WebApplication> map,
        Action<IServiceCollection>? services = null,
        string settings = "Queues:posts:Workers=1")
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => DeferredApp.StartAsync(
            settings,
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                map(app);
            },
            services));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static async Task AssertBareFailsAsync(
        string expected, Action<IServiceCollection> services, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        services(builder.Services.AddRouting());
        await using var app = builder.Build();
        app.UseRouting().UseQueuedAdmission();
        map ??= static app =>
        {
            app.MapPost("/posts", () => { }).WithQueue().Defer();
            app.MapDeferredJobs();
        };
        map(app);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => app.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private sealed class EmptyHub : Hub;

    private sealed class OwnBuilder : IEndpointConventionBuilder
    {
        private readonly List<Action<EndpointBuilder>> _conventions = [];
        private readonly List<Action<EndpointBuilder>> _last = [];

        public void Add(Action<EndpointBuilder> convention) => _conventions.Add(convention);

        public void Finally(Action<EndpointBuilder> finallyConvention) => _last.Add(finallyConvention);

        public void Apply(EndpointBuilder endpoint)
        {
            _conventions.ForEach(convention => convention(endpoint));
            _last.ForEach(convention => convention(endpoint));
        }
    }
}

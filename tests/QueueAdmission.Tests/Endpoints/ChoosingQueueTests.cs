using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class ChoosingQueueTests
{
    private const string Settings = "Queues:a:Workers=1 Queues:b:Workers=1";

    [Fact]
    public async Task Endpoint_WithQueue_RunsBehindIt() =>
        Assert.Equal("a", await AskAsync(app => app.MapGet("/", QueueReport.Of).WithQueue("a")));

    [Fact]
    public async Task Endpoint_WithQueueInAnotherCase_RunsBehindIt() =>
        Assert.Equal("a", await AskAsync(app => app.MapGet("/", QueueReport.Of).WithQueue("A")));

    [Fact]
    public async Task Endpoint_WithQueueThatNamesNone_RunsBehindDefault() =>
        Assert.Equal("default", await AskAsync(app => app.MapGet("/", QueueReport.Of).WithQueue()));

    [Fact]
    public async Task Endpoint_WithAttributeOnLambda_RunsBehindIt() =>
        Assert.Equal(
            "a",
            await AskAsync(app => app.MapGet("/", [Queued("a")] (HttpContext context) => QueueReport.Of(context))));

    [Fact]
    public async Task Endpoint_WithAttributeOnMethod_RunsBehindIt() =>
        Assert.Equal("b", await AskAsync(app => app.MapGet("/", QueuedByAttribute)));

    [Fact]
    public async Task Endpoint_WithAttributeOnRequestDelegate_RunsBehindIt() =>
        Assert.Equal(
            "b",
            await AskAsync(
                app =>
                    app.MapGet("/", [Queued("b")] (context) => context.Response.WriteAsync(QueueReport.Of(context)))));

    [Fact]
    public async Task Endpoint_WithAttributeThatNamesNone_RunsBehindDefault() =>
        Assert.Equal(
            "default",
            await AskAsync(app => app.MapGet("/", [Queued] (HttpContext context) => QueueReport.Of(context))));

    [Fact]
    public async Task Endpoint_WithAttributeAndWithQueue_RunsBehindTheLast() =>
        Assert.Equal("a", await AskAsync(app => app.MapGet("/", QueuedByAttribute).WithQueue("a")));

    [Fact]
    public async Task Endpoint_WithQueueTwice_RunsBehindTheLast() =>
        Assert.Equal("b", await AskAsync(app => app.MapGet("/", QueueReport.Of).WithQueue("a").WithQueue("b")));

    [Fact]
    public async Task Group_WithQueue_CoversItsEndpoints() =>
        Assert.Equal("a", await AskAsync(app => app.MapGroup("/").WithQueue("a").MapGet("/", QueueReport.Of)));

    [Fact]
    public async Task Endpoint_WithQueueInGroupWithAnother_KeepsItsOwn() =>
        Assert.Equal(
            "b", await AskAsync(app => app.MapGroup("/").WithQueue("a").MapGet("/", QueueReport.Of).WithQueue("b")));

    [Fact]
    public async Task Endpoint_WithAttributeInGroupWithQueue_RunsBehindTheGroups() =>
        Assert.Equal("a", await AskAsync(app => app.MapGroup("/").WithQueue("a").MapGet("/", QueuedByAttribute)));

    [Fact]
    public async Task Endpoint_WithAttributeAndWithQueueInGroupWithAnother_KeepsItsOwnConvention() =>
        Assert.Equal(
            "b",
            await AskAsync(
                app =>
                    app.MapGroup("/").WithQueue("a").MapGet(
                        "/", [Queued("a")] (HttpContext context) => QueueReport.Of(context)).WithQueue("b")));

    [Fact]
    public async Task Group_InGroupWithAnotherQueue_KeepsItsOwn() =>
        Assert.Equal(
            "b",
            await AskAsync(
                app => app.MapGroup("/").WithQueue("a").MapGroup("/").WithQueue("b").MapGet("/", QueueReport.Of)));

    [Fact]
    public async Task Endpoint_DisabledInGroup_IsNotQueued() =>
        Assert.Equal(
            QueueReport.NotQueued,
            await AskAsync(app => app.MapGroup("/").WithQueue("a").MapGet("/", QueueReport.Of).DisableQueue()));

    [Fact]
    public async Task Endpoint_DisabledBeforeWithQueue_IsNotQueued() =>
        Assert.Equal(
            QueueReport.NotQueued,
            await AskAsync(app => app.MapGet("/", QueueReport.Of).DisableQueue().WithQueue("a")));

    [Fact]
    public async Task Endpoint_DisabledByAttribute_IsNotQueued() =>
        Assert.Equal(
            QueueReport.NotQueued,
            await AskAsync(
                app =>
                    app.MapGet("/", [DisableQueue] (HttpContext context) => QueueReport.Of(context)).WithQueue("a")));

    [Fact]
    public async Task Endpoint_WithoutQueue_IsUntouched()
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", QueueReport.Of);
            app.MapGet("/a", QueueReport.Of).WithQueue("a");
        });
        foreach (var queue in app.Queues)
            queue.Pause();

        using var response = await app.GetAsync("/");

        Assert.Equal(
            QueueReport.NotQueued, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            ["Content-Type"],
            response.Content.Headers.Concat(response.Headers).Select(header => header.Key).Except(
                ["Date", "Server", "Transfer-Encoding"]));
        Assert.All(app.Queues, queue => Assert.Equal(0, queue.GetSnapshot().Arrived));
    }

    [Fact]
    public async Task Request_OfNoEndpoint_IsUntouched()
    {
        await using var app = await TestApp.StartAsync("FallbackQueue=default", app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/a", QueueReport.Of);
            app.Run(context => context.Response.WriteAsync(QueueReport.Of(context)));
        });

        Assert.Equal(QueueReport.NotQueued, await app.GetStringAsync("/nowhere"));
    }

    [Queued("b")]
    private static string QueuedByAttribute(HttpContext context) => QueueReport.Of(context);

    private static async Task<string> AskAsync(Action<WebApplication> map)
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseQueuedAdmission();
            map(app);
        });
        return await app.GetStringAsync("/");
    }
}

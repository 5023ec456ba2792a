using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueueAdmission.Doubles;

namespace QueueAdmission;

/// <summary>Verifies which of several queues applies to an endpoint, for each kind of endpoint.</summary>
public sealed class QueueMetadataTests
{
    [Fact]
    public Task Attribute_OnLambdaInGroupWithQueue_IsReplaced() =>
        AssertQueueAsync(
            "a",
            app =>
                app.MapGroup("/").WithQueue("a").MapGet(
                    "/", [Queued("b")] (HttpContext context) => QueueReport.Of(context)));

    [Fact]
    public Task Attribute_OnMethodInGroupWithQueue_IsReplaced() =>
        AssertQueueAsync("a", app => app.MapGroup("/").WithQueue("a").MapGet("/", QueuedByAttribute));

    [Fact]
    public Task Attribute_InNestedGroups_IsReplacedByTheInnerGroup() =>
        AssertQueueAsync(
            "c", app => app.MapGroup("/").WithQueue("a").MapGroup("/").WithQueue("c").MapGet("/", QueuedByAttribute));

    [Fact]
    public Task Attribute_AndWithQueueOnTheEndpoint_BothInGroup_TheEndpointWins() =>
        AssertQueueAsync("c", app => app.MapGroup("/").WithQueue("a").MapGet("/", QueuedByAttribute).WithQueue("c"));

    [Fact]
    public Task WithQueue_OnGroupAfterItsEndpoints_IsStillTheGroups() => AssertQueueAsync("c", app =>
    {
        var group = app.MapGroup("/");
        group.MapGet("/", QueuedByAttribute).WithQueue("c");
        group.WithQueue("a");
    });

    [Fact]
    public Task Attribute_DisablingInGroupWithQueue_BeatsAll() =>
        AssertQueueAsync(
            QueueReport.NotQueued,
            app =>
                app.MapGroup("/").WithQueue("a").MapGet(
                    "/", [DisableQueue, Queued("b")] (HttpContext context) => QueueReport.Of(context)));

    [Theory]
    [InlineData("/g/queued/inherits", "c")]
    [InlineData("/g/queued/overrides", "c")]
    [InlineData("/g/queued/disabled", QueueReport.NotQueued)]
    [InlineData("/g/plain/plain", "c")]
    public Task Controllers_InGroupWithQueue_RunBehindTheGroups(string path, string queue) =>
        AssertQueueAsync(queue, app => app.MapGroup("/g").WithQueue("c").MapControllers(), path);

    [Theory]
    [InlineData("/g/queued/overrides", "a")]
    [InlineData("/g/plain/plain", "a")]
    public Task Controllers_WithQueueInGroupWithAnother_RunBehindTheirOwn(string path, string queue) =>
        AssertQueueAsync(queue, app => app.MapGroup("/g").WithQueue("c").MapControllers().WithQueue("a"), path);

    [Fact]
    public async Task Attribute_ReplacedByAnotherQueue_IsNamedInOneWarning()
    {
        await using var app = await StartAsync(app =>
        {
            var group = app.MapGroup("/g").WithQueue("a");
            group.MapGet("/one", QueuedByAttribute);
            group.MapGet("/two", [Queued("c")] () => "two");
            group.MapGet("/same", [Queued("A")] () => "same");
            group.MapGet("/off", [DisableQueue, Queued("b")] () => "off");
            group.MapGet("/plain", () => "plain");
        });

        var warning = Assert.Single(app.Log.GetSnapshot(), line => line.Level == LogLevel.Warning);

        Assert.Equal(38, warning.Id.Id);
        Assert.Contains("2 endpoints", warning.Message, StringComparison.Ordinal);
        Assert.Matches("/g/one[^,]*\\(b → a\\)", warning.Message);
        Assert.Matches("/g/two[^,]*\\(c → a\\)", warning.Message);
    }

    [Fact]
    public async Task Attributes_WithoutWithQueue_AreNotWarnedOf()
    {
        await using var app = await StartAsync(app => app.MapControllers());

        Assert.DoesNotContain(app.Log.GetSnapshot(), line => line.Level >= LogLevel.Warning);
    }

    [Queued("b")]
    private static string QueuedByAttribute(HttpContext context) => QueueReport.Of(context);

    private static async Task AssertQueueAsync(string queue, Action<WebApplication> map, string path = "/")
    {
        await using var app = await StartAsync(map);

        Assert.Equal(queue, await app.GetStringAsync(path));
    }

    private static Task<TestApp> StartAsync(Action<WebApplication> map) =>
        TestApp.StartAsync("Queues:a:Workers=1 Queues:b:Workers=1 Queues:c:Workers=1", app =>
        {
            app.UseQueuedAdmission();
            map(app);
        }, services => services.AddControllers().AddApplicationPart(typeof(QueuedController).Assembly));
}

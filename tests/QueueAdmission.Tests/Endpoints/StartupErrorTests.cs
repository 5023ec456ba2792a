using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class StartupErrorTests
{
    [Fact]
    public async Task Start_WithAnUnknownQueue_NamesEndpointAndQueueAndTheJsonToPaste()
    {
        var message = await FailAsync(app => app.MapGet("/orders", QueueReport.Of).WithQueue("chekout"));

        Assert.Contains("'HTTP: GET /orders", message, StringComparison.Ordinal);
        Assert.Contains("'chekout'", message, StringComparison.Ordinal);
        Assert.Contains(
            "\"QueuedAdmission\": { \"Queues\": { \"chekout\": { \"Workers\": 16 } } }",
            message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithSeveralUnknownQueues_NamesThemAll()
    {
        var message = await FailAsync(app =>
        {
            app.MapGet("/one", QueueReport.Of).WithQueue("lost");
            app.MapGet("/two", QueueReport.Of).WithQueue("gone");
        });

        Assert.All(
            ["/one", "'lost'", "/two", "'gone'"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_WithAnInvalidName_SaysWhatIsAllowed()
    {
        var message = await FailAsync(app => app.MapGet("/", QueueReport.Of).WithQueue("check out"));

        Assert.Contains("'check out'", message, StringComparison.Ordinal);
        Assert.Contains("A-Z", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAControllerOfAnUnknownQueue_NamesTheAction()
    {
        var message = await FailAsync(app => app.MapControllers(),
            services => services.AddControllers().AddApplicationPart(typeof(QueuedController).Assembly));

        Assert.Contains("QueuedController.Overrides", message, StringComparison.Ordinal);
        Assert.Contains("'b'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithARazorPageOfAnUnknownQueue_NamesThePage()
    {
        var message =
            await FailAsync(app => app.MapRazorPages(), services => CompiledPages.Add(services, typeof(LostPage)));

        Assert.Contains("/LostPage", message, StringComparison.Ordinal);
        Assert.Contains("'nowhere'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAnAttributeOnARazorHandlerMethod_SaysWhereItBelongs()
    {
        var message = await FailAsync(
            app => app.MapRazorPages(), services => CompiledPages.Add(services, typeof(HandlerAttributePage)));

        Assert.Contains("'HandlerAttributePageModel.OnGet'", message, StringComparison.Ordinal);
        Assert.Contains("put it on the class 'HandlerAttributePageModel'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAnAttributeOnAHubMethod_SaysWhereItBelongs()
    {
        var message =
            await FailAsync(app => app.MapHub<HubWithMethodAttribute>("/hub"), services => services.AddSignalR());

        Assert.Contains("'HubWithMethodAttribute.Say'", message, StringComparison.Ordinal);
        Assert.Contains("put it on the class 'HubWithMethodAttribute'", message, StringComparison.Ordinal);
        Assert.Single(message.Split('\n'));
    }

    [Theory]
    [InlineData("Queues:q:Workers=4", 5, "needs 5 workers (Weight), but its queue 'q' has 4")]
    [InlineData(
        "Queues:q:Workers=4 Queues:q:PartitionBy=User Queues:q:MaxWorkersPerKey=2",
        3,
        "needs 3 workers (Weight), but its queue 'q' has 4, of which a caller may hold 2")]
    [InlineData("Queues:q:Workers=4", 0, "has the Weight 0; allowed: 1 to the queue's Workers")]
    [InlineData("Queues:q:Workers=4", -1, "has the Weight -1")]
    [InlineData("Queues:q:Workers=100000", 100_001, "has the Weight 100001")]
    public async Task Start_WithAWeightThatNoWorkersSuffice_NamesEndpointAndQueue(
        string settings, int weight, string expected)
    {
        var message = await FailAsync(
            app => app.MapGet("/render", QueueReport.Of).WithQueue("q", weight: weight), settings: settings);

        Assert.Contains("'HTTP: GET /render", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAPriorityThatIsNone_NamesEndpointAndPriorities()
    {
        var message = await FailAsync(app => app.MapGet("/", QueueReport.Of).WithQueue(priority: (JobPriority)7));

        Assert.Contains("has the Priority 7; allowed: Low, Normal, High, Critical", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAnUnknownFallbackQueue_NamesIt()
    {
        var message = await FailAsync(_ => { }, settings: "FallbackQueue=lost");

        Assert.Contains("FallbackQueue", message, StringComparison.Ordinal);
        Assert.Contains("lost", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithADisabledEndpointOfAnUnknownQueue_Succeeds()
    {
        await using var app = await TestApp.StartAsync("", app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", QueueReport.Of).WithQueue("lost").DisableQueue();
        });

        Assert.Equal(QueueReport.NotQueued, await app.GetStringAsync("/"));
    }

    private static async Task<string> FailAsync(
        Action<WebApplication> map, Action<IServiceCollection>? services = null, string settings = "")
    {
        var started = false;
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => TestApp.StartKestrelAsync(settings, app =>
        {
            app.Lifetime.ApplicationStarted.Register(() => started = true);
            app.UseQueuedAdmission();
            map(app);
        }, services));
        Assert.False(started);
        return exception.Message;
    }

    private sealed class HubWithMethodAttribute : Hub
    {
        [Queued]
        public static void Say()
        {
        }
    }
}

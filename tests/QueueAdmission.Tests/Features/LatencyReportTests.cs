using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class LatencyReportTests
{
    private const string Settings = "Queues:q:Workers=10 Queues:q:AdaptiveWorkers=true Queues:q:MaxWorkers=100";

    /// <summary>More jobs than a window needs to come to a decision.</summary>
    private const int Enough = 2_000;

    [Fact]
    public async Task Handler_ThatReportsOverload_GetsFewerWorkers()
    {
        await using var app = await StartAsync(context =>
        {
            Feature(context).ReportOverload();
            return Task.CompletedTask;
        });

        await AskAsync(app, Enough);

        Assert.InRange(app.Queue("q").GetSnapshot().Workers, 1, 9);
    }

    [Theory]
    [InlineData("ignored")]
    [InlineData("released")]
    [InlineData("stream")]
    [InlineData("notfound")]
    [InlineData("error")]
    [InlineData("throws")]
    [InlineData("grpc")]
    public async Task Handler_ThatIsNotComparable_ChangesNothing(string kind)
    {
        await using var app = await StartAsync(context =>
        {
            // If the job counted, its sample would contain this report of an overload.
            Feature(context).ReportOverload();
            switch (kind)
            {
                case "ignored":
                    Feature(context).IgnoreLatency();
                    break;
                case "released":
                    context.ReleaseWorker();
                    break;
                case "stream":
                    context.Response.ContentType = "text/event-stream; charset=utf-8";
                    break;
                case "notfound":
                    context.Response.StatusCode = 404;
                    break;
                case "error":
                    context.Response.StatusCode = 500;
                    break;
                case "grpc":
                    context.Response.ContentType = "application/grpc";
                    context.Response.Headers["grpc-status"] = "5";
                    break;
                default:
                    throw new InvalidTimeZoneException("as planned");
            }
            return Task.CompletedTask;
        });

        await AskAsync(app, Enough);

        Assert.Equal(10, app.Queue("q").GetSnapshot().Workers);
        await Books.BalanceAsync(app.Queue("q"), ran: Enough);
    }

    [Fact]
    public async Task Feature_OfAQueueWithAFixedNumber_TakesReportsAndDoesNothing()
    {
        await using var app = await TestApp.StartAsync("Queues:q:Workers=10", app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", context =>
            {
                Feature(context).ReportOverload();
                Feature(context).IgnoreLatency();
                return Task.CompletedTask;
            }).WithQueue("q");
        });

        await AskAsync(app, 10);

        Assert.Equal(10, app.Queue("q").GetSnapshot().Workers);
    }

    private static IQueueFeature Feature(HttpContext context) => context.Features.Get<IQueueFeature>()!;

    private static async Task AskAsync(TestApp app, int times)
    {
        for (var i = 0; i < times; i++)
        {
            try
            {
                (await app.GetAsync("/")).Dispose();
            }
            catch (InvalidTimeZoneException)
            {
                // This exception is expected.
            }
        }
    }

    private static Task<TestApp> StartAsync(RequestDelegate handler) => TestApp.StartAsync(Settings, app =>
    {
        app.UseQueuedAdmission();
        app.MapGet("/", handler).WithQueue("q");
    });
}

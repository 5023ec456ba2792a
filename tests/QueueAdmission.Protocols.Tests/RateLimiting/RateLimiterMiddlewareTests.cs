using System.Collections.Concurrent;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.RateLimiting;

/// <summary>Tests a queue as the limiter in ASP.NET Core's <c>UseRateLimiter</c>.</summary>
public sealed class RateLimiterMiddlewareTests
{
    private const string Policy = "shared";
    private static readonly TimeSpan IdleForTheFramework = TimeSpan.FromSeconds(11);

    private readonly Gate _gate = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<WatchedLimiter> _limiters = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LimitedAndQueuedEndpoints_SameQueue_ShareItsWorkers()
    {
        await using var server = await StartServerAsync();
        var queue = server.Queue();
        var limited = server.Http1.GetStringAsync("/limited", Stop);
        await _gate.UntilArrivedAsync(1);

        var queued = server.Http1.GetStringAsync("/queued", Stop);
        await queue.UntilWaitingAsync(1);
        var secondLimited = server.Http1.GetStringAsync("/limited", Stop);
        await queue.UntilWaitingAsync(2);
        Assert.Equal((1, 1), (queue.GetSnapshot().Running, _gate.Arrived));
        _gate.Open();

        Assert.Equal(
            ["limited", "queued", "limited"], await Task.WhenAll(limited, queued, secondLimited).WithinPatience());
        await queue.UntilRunningAsync(0);
        Assert.Equal(3, queue.GetSnapshot().Ran);
    }

    [Fact]
    public async Task LimitedEndpoint_QueueIsFull_IsRefusedWithReasonAndRetryAfter()
    {
        await using var server = await StartServerAsync(line => line.PartitionCapacity = 0);
        using var busy = await server.Queue().EnterAsync(Stop);

        using var refused = await server.Http1.GetAsync("/limited", Stop);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("queue_full", await refused.Content.ReadAsStringAsync(Stop));
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task IdleLimiter_DisposedByTheFramework_LeavesTheQueueAlive()
    {
        await using var server = await StartServerAsync();
        var queue = server.Queue();
        _gate.Open();
        Assert.Equal("limited", await server.Http1.GetStringAsync("/limited", Stop));
        using var other = await queue.EnterAsync(Stop);

        await queue.UntilRunningAsync(1);
        _time.Advance(IdleForTheFramework);
        var first = Assert.Single(_limiters);
        await Patience.UntilAsync(() => first.IsDisposed, "the framework disposed the idle limiter");

        Assert.Equal((JobQueueState.Running, 1), (queue.GetSnapshot().State, queue.GetSnapshot().Running));
        var answer = server.Http1.GetStringAsync("/limited", Stop);
        await queue.UntilWaitingAsync(1);
        other.Dispose();
        Assert.Equal("limited", await answer.WithinPatience());
        Assert.Equal(2, _limiters.Count);
    }

    [Fact]
    public async Task BusyLimiter_LongAfterItsLastCall_IsNotIdle()
    {
        await using var server = await StartServerAsync();
        var answer = server.Http1.GetStringAsync("/limited", Stop);
        await _gate.UntilArrivedAsync(1);

        _time.Advance(IdleForTheFramework);

        Assert.Null(Assert.Single(_limiters).IdleDuration);
        _gate.Open();
        Assert.Equal("limited", await answer.WithinPatience());
    }

    private Task<LoopbackServer> StartServerAsync(Action<RequestQueueOptions>? line = null) =>
        LoopbackServer.StartAsync(
            map: app =>
            {
                app.UseRateLimiter();
                app.MapGet("/limited", async () =>
                {
                    await _gate.PassAsync();
                    return "limited";
                }).RequireRateLimiting(Policy);
                app.MapGet("/queued", () => "queued").WithQueue(LoopbackServer.Line);
            },
            build: builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(_time);
                builder.Services.AddRateLimiter(options => options
                    .AddPolicy(Policy, context => RateLimitPartition.Get("all", _ => Watch(context.RequestServices)))
                    .OnRejected = WriteRefusalAsync);
            },
            line: line);

    private WatchedLimiter Watch(IServiceProvider services)
    {
        var limiter =
            new WatchedLimiter(services.GetRequiredKeyedService<JobQueue>(LoopbackServer.Line).AsRateLimiter());
        _limiters.Enqueue(limiter);
        return limiter;
    }

    private static async ValueTask WriteRefusalAsync(OnRejectedContext refused, CancellationToken cancellationToken)
    {
        Assert.True(refused.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter));
        Assert.True(refused.Lease.TryGetMetadata(MetadataName.ReasonPhrase, out var reason));
        var response = refused.HttpContext.Response;
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter =
            ((int)retryAfter.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await response.WriteAsync(reason!, cancellationToken);
    }
}

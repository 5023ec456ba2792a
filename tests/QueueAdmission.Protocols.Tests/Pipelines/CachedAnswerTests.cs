using System.Net;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Pipelines;

/// <summary>Tests a cache in front of the queue. An answer from the cache needs no worker.</summary>
public sealed class CachedAnswerTests
{
    private int _runs;
    private int _came;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("output")]
    [InlineData("response")]
    public async Task Hit_WorkersBusy_IsAnsweredWithoutAWorker(string cache)
    {
        await using var server = await StartServerAsync(cache);
        var queue = server.Queue();
        Assert.Equal("run 1", await server.Http1.GetStringAsync("/cached", Stop));
        using var busy = await queue.EnterAsync(Stop);

        Assert.Equal("run 1", await server.Http1.GetStringAsync("/cached", Stop).WithinPatience());

        Assert.Equal(2, queue.GetSnapshot().Arrived);
    }

    [Theory]
    [InlineData("output")]
    [InlineData("response")]
    public async Task Rejection_IsNotCached(string cache)
    {
        await using var server = await StartServerAsync(cache);
        var busy = await server.Queue().EnterAsync(Stop);
        using var refused = await server.Http1.GetAsync("/cached", Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        busy.Dispose();

        Assert.Equal("run 1", await server.Http1.GetStringAsync("/cached", Stop));
    }

    [Fact]
    public async Task IdenticalRequests_OutputCacheLocks_WaitForTheFirstOutsideTheQueue()
    {
        await using var server = await StartServerAsync("output", places: 10);
        var queue = server.Queue();
        var busy = await queue.EnterAsync(Stop);
        var first = server.Http1.GetStringAsync("/cached", Stop);
        await queue.UntilWaitingAsync(1);
        var second = server.Http1.GetStringAsync("/cached", Stop);
        await Patience.UntilAsync(() => Volatile.Read(ref _came) == 2, "both requests have come");

        busy.Dispose();

        // The handler ran once for both requests. Of the two, only the first request entered the queue.
        Assert.Equal("run 1", await first.WithinPatience());
        Assert.Equal("run 1", await second.WithinPatience());
        Assert.Equal(2, queue.GetSnapshot().Arrived);
    }

    [Fact]
    public async Task IdenticalRequests_FirstIsRefused_EnterTheQueueThen()
    {
        await using var server = await StartServerAsync("output", places: 10);
        var queue = server.Queue();
        var busy = await queue.EnterAsync(Stop);
        var first = server.Http1.GetAsync("/cached", Stop);
        await queue.UntilWaitingAsync(1);
        var second = server.Http1.GetAsync("/cached", Stop);
        await Patience.UntilAsync(() => Volatile.Read(ref _came) == 2, "both requests have come");
        Assert.Equal(1, queue.GetSnapshot().Waiting);

        _ = queue.DrainAsync(rejectWaiting: true, Stop);

        using var refused = await first.WithinPatience();
        using var refusedLater = await second.WithinPatience();
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable),
            (refused.StatusCode, refusedLater.StatusCode));
        Assert.Equal(2, queue.GetSnapshot().Rejected);
        busy.Dispose();
    }

    [Fact]
    public async Task IdenticalRequests_OutputCacheWithoutLock_WaitInTheQueue()
    {
        await using var server = await StartServerAsync("output", places: 10, locking: false);
        var queue = server.Queue();
        var busy = await queue.EnterAsync(Stop);
        var requests =
            new[] { server.Http1.GetStringAsync("/cached", Stop), server.Http1.GetStringAsync("/cached", Stop) };

        await queue.UntilWaitingAsync(2);
        busy.Dispose();

        Assert.Equal(["run 1", "run 2"], (await Task.WhenAll(requests).WithinPatience()).Order());
    }

    private Task<LoopbackServer> StartServerAsync(string cache, int places = 0, bool locking = true) =>
        LoopbackServer.StartAsync(
            map: app =>
            {
                app.Use((context, next) =>
                {
                    Interlocked.Increment(ref _came);
                    return next(context);
                });
                if (cache == "output")
                    app.UseOutputCache();
                else
                    app.UseResponseCaching();
                app.MapGet("/cached", (HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = "public, max-age=600";
                    return $"run {Interlocked.Increment(ref _runs)}";
                }).CacheOutput(policy => policy.SetLocking(locking)).WithQueue(LoopbackServer.Line);
            },
            build: builder => builder.Services.AddOutputCache().AddResponseCaching(),
            line: line => line.PartitionCapacity = places);
}

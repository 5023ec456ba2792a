using System.Net;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Pipelines;

/// <summary>With the cache in front of the queue, an answer from the cache needs no worker.</summary>
public sealed class CachedAnswerTests
{
    private int _runs;

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

    private Task<LoopbackServer> StartServerAsync(string cache) => LoopbackServer.StartAsync(
        map: app =>
        {
            if (cache == "output")
                app.UseOutputCache();
            else
                app.UseResponseCaching();
            app.MapGet("/cached", (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "public, max-age=600";
                return $"run {Interlocked.Increment(ref _runs)}";
            }).CacheOutput().WithQueue(LoopbackServer.Line);
        },
        build: builder => builder.Services.AddOutputCache().AddResponseCaching(),
        line: line => line.PartitionCapacity = 0);
}

using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Streaming;

/// <summary>An answer that nobody flushed starts when the handler is over and its worker is already back. It must not come back a second time.</summary>
public sealed class LateResponseStartTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/empty", ReleaseOn.ResponseStart)]
    [InlineData("/asynchronous", ReleaseOn.ResponseStart)]
    [InlineData("/on-starting", ReleaseOn.End)]
    [InlineData("/on-completed", ReleaseOn.End)]
    public async Task Response_StartsAfterTheHandler_GivesTheWorkerBackOnce(string path, ReleaseOn releaseOn)
    {
        await using var server = await StartServerAsync(releaseOn);

        for (var i = 0; i < 2; i++)
            (await server.Http1.GetAsync(path, Stop)).Dispose();
        // What the server calls after an answer it has called before it takes the connection's next request.
        (await server.Http1.GetAsync("/unqueued", Stop)).Dispose();

        var snapshot = server.Queue().GetSnapshot();
        Assert.Equal((0, 2), (snapshot.Running, snapshot.Ran));
    }

    private static Task<LoopbackServer> StartServerAsync(ReleaseOn releaseOn) => LoopbackServer.StartAsync(
        map: app =>
        {
            var queued = app.MapGroup("").WithQueue(LoopbackServer.Line);
            queued.MapGet("/empty", () => TypedResults.NoContent());
            queued.MapGet("/asynchronous", async () =>
            {
                await Task.Yield();
                return TypedResults.NoContent();
            });
            queued.MapGet("/on-starting", (HttpContext context) => context.Response.OnStarting(() =>
            {
                context.ReleaseWorker();
                return Task.CompletedTask;
            }));
            queued.MapGet("/on-completed", (HttpContext context) => context.Response.OnCompleted(() =>
            {
                context.ReleaseWorker();
                return Task.CompletedTask;
            }));
            app.MapGet("/unqueued", () => TypedResults.NoContent());
        },
        line: line => line.ReleaseOn = releaseOn);
}

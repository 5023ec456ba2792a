using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Streaming;

/// <summary>
/// Tests responses without a flush. They start after the handler has ended and its worker has been released. The worker
/// must not be released a second time.
/// </summary>
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
        // The server calls OnStarting and OnCompleted before it accepts the next request of the connection. This
        // request therefore ensures that the calls have been made.
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

using System.Runtime.CompilerServices;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Streaming;

/// <summary>
/// Tests streamed responses. A response keeps its worker while it streams, unless a setting or the handler releases the
/// worker earlier.
/// </summary>
public sealed class ServerSentEventsTests
{
    private readonly Gate _gate = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_ByDefault_KeepsItsWorkerWhileItStreams()
    {
        await using var server = await StartServerAsync();
        var queue = server.Queue();
        using var events = await OpenAsync(server, "/events");
        Assert.Equal("data: 1", await events.ReadLineAsync(Stop));
        await _gate.UntilArrivedAsync(1);

        var next = server.Http1.GetAsync("/plain", Stop);
        await queue.UntilWaitingAsync(1);
        Assert.Equal(1, queue.GetSnapshot().Running);
        _gate.Open();

        using var answer = await next.WithinPatience();
        Assert.EndsWith("data: 2\n\n", await events.ReadToEndAsync(Stop), StringComparison.Ordinal);
        await queue.UntilRunningAsync(0);
        Assert.Equal(2, queue.GetSnapshot().Ran);
    }

    [Theory]
    [InlineData("/events", ReleaseOn.ResponseStart)]
    [InlineData("/events/released", ReleaseOn.End)]
    public async Task Stream_ToldToReleaseEarly_HoldsNoWorkerWhileItStreams(string path, ReleaseOn releaseOn)
    {
        await using var server = await StartServerAsync(releaseOn);
        var queue = server.Queue();
        using var events = await OpenAsync(server, path);
        Assert.Equal("data: 1", await events.ReadLineAsync(Stop));

        Assert.Equal((0, 1), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
        using var other = await server.Http1.GetAsync("/plain", Stop);
        _gate.Open();

        Assert.EndsWith("data: 2\n\n", await events.ReadToEndAsync(Stop), StringComparison.Ordinal);
        Assert.Equal((0, 2), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    /// <summary>
    /// A request that has waited has another implementation of the queue feature. Its worker must also be released only
    /// once.
    /// </summary>
    [Fact]
    public async Task Stream_WaitedAndReleasesOnResponseStart_GivesItsWorkerBackOnce()
    {
        await using var server = await StartServerAsync(ReleaseOn.ResponseStart);
        var queue = server.Queue();
        var busy = await queue.EnterAsync(Stop);
        var opening = OpenAsync(server, "/events");
        await queue.UntilWaitingAsync(1);
        busy.Dispose();

        using var events = await opening.WithinPatience();
        Assert.Equal("data: 1", await events.ReadLineAsync(Stop));
        Assert.Equal(0, queue.GetSnapshot().Running);
        _gate.Open();
        await events.ReadToEndAsync(Stop);

        Assert.Equal((0, 2), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    private Task<LoopbackServer> StartServerAsync(ReleaseOn? releaseOn = null) => LoopbackServer.StartAsync(
        map: app =>
        {
            var queued = app.MapGroup("").WithQueue(LoopbackServer.Line);
            queued.MapGet("/events", () => TypedResults.ServerSentEvents(CountAsync(Stop)));
            queued.MapGet("/events/released", (HttpContext context) =>
            {
                context.ReleaseWorker();
                return TypedResults.ServerSentEvents(CountAsync(Stop));
            });
            queued.MapGet("/plain", () => "plain");
        },
        line: line => line.ReleaseOn = releaseOn);

    private async IAsyncEnumerable<int> CountAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return 1;
        await _gate.PassAsync().WaitAsync(cancellationToken);
        yield return 2;
    }

    private static async Task<StreamReader> OpenAsync(LoopbackServer server, string path) =>
        new(await server.NewClient(System.Net.HttpVersion.Version11).GetStreamAsync(path, Stop).WithinPatience());
}

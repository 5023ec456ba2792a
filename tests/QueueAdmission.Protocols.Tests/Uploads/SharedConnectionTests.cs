using System.Net;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Uploads;

/// <summary>
/// Tests uploads that share an HTTP/2 connection, and thus its flow-control window. A waiting upload that is not read
/// occupies a part of this window, at most as large as the window of its stream. For bytes that have been read, the
/// server extends the connection window only in steps of half its size.
/// </summary>
public sealed class SharedConnectionTests
{
    // The defaults of Kestrel.
    private const int StreamWindow = 768 * 1024;
    private const int ConnectionWindow = 1024 * 1024;
    private const int Length = 5_000_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OtherUpload_DefaultWindows_StallsUnharmedUntilTheWaitingOneIsRead()
    {
        var bodies = new WatchedBodies();
        await using var server = await UploadServer.StartAsync(
            kestrel: SlowUploads.AreEnded, line: line => line.MaxWait = Timeout.InfiniteTimeSpan, bodies: bodies);
        var busy = await server.Queue().EnterAsync(Stop);
        var waiting = await BeginWaitingUploadAsync(server);

        var other = server.Http2.PostAsync("/open/other", new UploadContent(Length), Stop);
        await bodies.UntilReadingAsync("/open/other", ConnectionWindow - StreamWindow);
        await SlowUploads.UntilOneWasEndedAsync(server, httpVersion: 2, bodies);
        for (var i = 0; i < 20; i++)
            Assert.Equal("small", await server.Http2.GetStringAsync("/open/small", Stop).WithinPatience());
        Assert.Equal(ConnectionWindow - StreamWindow, bodies["/open/other"].Bytes);
        busy.Dispose();

        await AssertWholeAsync(waiting);
        await AssertWholeAsync(other);
    }

    [Fact]
    public async Task OtherUpload_WindowMoreThanTwiceWhatTheWaitingOneHolds_Flows()
    {
        await using var server = await UploadServer.StartAsync(
            line: line => line.MaxWait = Timeout.InfiniteTimeSpan,
            kestrel: kestrel => kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * ConnectionWindow);
        var busy = await server.Queue().EnterAsync(Stop);
        var waiting = await BeginWaitingUploadAsync(server);

        await AssertWholeAsync(server.Http2.PostAsync("/open/other", new UploadContent(Length), Stop));
        Assert.Equal(1, server.Queue().GetSnapshot().Waiting);
        busy.Dispose();

        await AssertWholeAsync(waiting);
    }

    [Fact]
    public async Task OtherRequestsWithoutBody_DefaultWindows_AreNotAffected()
    {
        await using var server = await UploadServer.StartAsync(line: line => line.MaxWait = Timeout.InfiniteTimeSpan);
        var busy = await server.Queue().EnterAsync(Stop);
        var waiting = await BeginWaitingUploadAsync(server);

        Assert.Equal("small", await server.Http2.GetStringAsync("/open/small", Stop).WithinPatience());
        Assert.Equal(1, server.Queue().GetSnapshot().Waiting);
        busy.Dispose();

        await AssertWholeAsync(waiting);
    }

    /// <summary>
    /// Starts an upload that waits in the queue. Returns after the upload has used up the window of its stream.
    /// </summary>
    private static async Task<Task<HttpResponseMessage>> BeginWaitingUploadAsync(LoopbackServer server)
    {
        var content = new UploadContent(Length);
        var uploading = server.Http2.PostAsync("/queued/waiting", content, Stop);
        await server.Queue().UntilWaitingAsync(1);
        await Patience.UntilAsync(() => content.Sent == StreamWindow, "the stream's window is used up");
        return uploading;
    }

    private static async Task AssertWholeAsync(Task<HttpResponseMessage> uploading)
    {
        using var answer = await uploading.WithinPatience();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(UploadContent.HashOf(Length), await answer.Content.ReadAsStringAsync(Stop));
    }
}

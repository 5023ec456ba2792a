using System.Net;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Uploads;

/// <summary>
/// Tests that the queue does not read the body of a waiting upload, and that the server does not end the upload because
/// it is slow.
/// </summary>
public sealed class WaitingUploadTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1_000)]
    [InlineData(1, 5_000_000)]
    [InlineData(2, 1_000)]
    [InlineData(2, 5_000_000)]
    public async Task Upload_WaitsLongerThanTheMinimumDataRateAllows_IsReadWholeByItsHandler(
        int httpVersion, int length)
    {
        var bodies = new WatchedBodies();
        await using var server = await UploadServer.StartAsync(
            kestrel: SlowUploads.AreEnded, line: line => line.MaxWait = Timeout.InfiniteTimeSpan, bodies: bodies);
        var queue = server.Queue();
        var busy = await queue.EnterAsync(Stop);

        var uploading = (httpVersion == 1 ? server.Http1 : server.Http2)
            .PostAsync("/queued/upload", new UploadContent(length), Stop);
        await queue.UntilWaitingAsync(1);
        await SlowUploads.UntilOneWasEndedAsync(server, httpVersion, bodies);

        Assert.Equal((0, 0), (bodies["/queued/upload"].Reads, bodies["/queued/upload"].Bytes));
        Assert.Equal(1, queue.GetSnapshot().Waiting);
        busy.Dispose();
        using var answer = await uploading.WithinPatience();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(UploadContent.HashOf(length), await answer.Content.ReadAsStringAsync(Stop));
    }
}

using System.Net;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Uploads;

/// <summary>Tests a client that leaves while it waits, both if the server can detect this and if it cannot.</summary>
public sealed class LeavingUploadTests
{
    private const int Small = 500_000;
    private const int MoreThanAnyBufferHolds = 64_000_000;
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, Small)]
    [InlineData(2, 0)]
    [InlineData(2, Small)]
    [InlineData(2, MoreThanAnyBufferHolds)]
    public async Task Client_LeavesWhereTheServerSeesIt_FreesItsPlaceAtOnce(int httpVersion, int length)
    {
        await using var server = await UploadServer.StartAsync(time: _time);
        using var busy = await server.Queue().EnterAsync(Stop);

        await ComeAndLeaveAsync(server, httpVersion, length);

        var snapshot = server.Queue().GetSnapshot();
        Assert.Equal((1, 0), (snapshot.Abandoned, snapshot.Rejected));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Connection_LostWhileItsRequestWaits_FreesThePlaceAtOnce(int httpVersion)
    {
        await using var server = await UploadServer.StartAsync(time: _time);
        var queue = server.Queue();
        using var busy = await queue.EnterAsync(Stop);
        var client = server.NewClient(VersionOf(httpVersion));
        var waiting = client.PostAsync("/queued/lost", new UploadContent(Small), Stop);
        await queue.UntilWaitingAsync(1);

        client.Dispose();

        await queue.UntilWaitingAsync(0);
        Assert.Equal(1, queue.GetSnapshot().Abandoned);
        await Task.WhenAny(waiting).WithinPatience();
    }

    /// <summary>Over HTTP/1.1, a server that has stopped receiving cannot detect that its client leaves.</summary>
    [Fact]
    public async Task Client_LeavesAMoreThanBufferedUploadOverHttp11_KeepsItsPlaceUntilMaxWait()
    {
        await using var server = await UploadServer.StartAsync(line: line => line.MaxWait = MaxWait, time: _time);
        var queue = server.Queue();
        using var busy = await queue.EnterAsync(Stop);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var upload = new UploadContent(MoreThanAnyBufferHolds);
        var waiting = server.NewClient(HttpVersion.Version11).PostAsync("/queued/big", upload, leaving.Token);
        await queue.UntilWaitingAsync(1);
        await Patience.UntilAsync(() => upload.Sent > 1024 * 1024, "the server's buffer is full");
        await ComeAndLeaveAsync(server, httpVersion: 1, Small);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await ComeAndLeaveAsync(server, httpVersion: 1, Small);
        Assert.Equal((1, 2), (queue.GetSnapshot().Waiting, queue.GetSnapshot().Abandoned));

        _time.Advance(MaxWait);
        await queue.UntilWaitingAsync(0);
        Assert.Equal(1, queue.GetSnapshot().RejectedByReason[RejectionReason.WaitTimeout]);
        Assert.Equal(2, queue.GetSnapshot().Abandoned);
    }

    private static async Task ComeAndLeaveAsync(LoopbackServer server, int httpVersion, int length)
    {
        var queue = server.Queue();
        var (waitingBefore, abandonedBefore) = (queue.GetSnapshot().Waiting, queue.GetSnapshot().Abandoned);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using var client = server.NewClient(VersionOf(httpVersion));
        var waiting = client.PostAsync("/queued/leaving", new UploadContent(length), leaving.Token);
        await queue.UntilWaitingAsync(waitingBefore + 1);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await queue.UntilWaitingAsync(waitingBefore);
        Assert.Equal(abandonedBefore + 1, queue.GetSnapshot().Abandoned);
    }

    private static Version VersionOf(int httpVersion) => new(httpVersion, httpVersion == 1 ? 1 : 0);
}

using System.Net;
using System.Net.WebSockets;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.WebSockets;

/// <summary>
/// Tests that the queue of a WebSocket endpoint applies to the handshake: the upgrade in HTTP/1.1, and the extended
/// CONNECT in HTTP/2.
/// </summary>
public sealed class WebSocketQueueTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task Handshake_Answered_GivesItsWorkerBack(int httpVersion, bool webSocketsBeforeQueue)
    {
        await using var server = await WebSocketEndpoints.StartServerAsync(beforeQueue: webSocketsBeforeQueue);
        var queue = server.Queue();
        var sockets = new List<ClientWebSocket>();
        for (byte i = 1; i <= 3; i++)
        {
            var socket = await WebSocketEndpoints.ConnectAsync(server, httpVersion);
            sockets.Add(socket);
            Assert.Equal(i, await socket.EchoAsync(i));
        }

        Assert.Equal((0, 3), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
        foreach (var socket in sockets)
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Stop).WithinPatience();
            socket.Dispose();
        }
        await server.DisposeAsync();
        Assert.Equal((0, 3), (queue.GetSnapshot().Running, queue.GetSnapshot().Ran));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Handshake_WorkersBusy_WaitsForOne(int httpVersion)
    {
        await using var server = await WebSocketEndpoints.StartServerAsync();
        var queue = server.Queue();
        var busy = await queue.EnterAsync(Stop);

        var connecting = WebSocketEndpoints.ConnectAsync(server, httpVersion);
        await queue.UntilWaitingAsync(1);
        Assert.False(connecting.IsCompleted);
        busy.Dispose();

        using var socket = await connecting;
        using var busyAgain = await queue.EnterAsync(Stop);
        Assert.Equal(7, await socket.EchoAsync(7));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Handshake_QueueIsFull_IsRefusedWith503(int httpVersion)
    {
        await using var server = await WebSocketEndpoints.StartServerAsync(line => line.PartitionCapacity = 0);
        using var busy = await server.Queue().EnterAsync(Stop);

        var refused =
            await Assert.ThrowsAsync<WebSocketException>(() => WebSocketEndpoints.ConnectAsync(server, httpVersion));

        Assert.Contains("503", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WebSocket_ReleaseOnEnd_KeepsItsWorker(int httpVersion)
    {
        await using var server = await WebSocketEndpoints.StartServerAsync(line => line.ReleaseOn = ReleaseOn.End);
        using var socket = await WebSocketEndpoints.ConnectAsync(server, httpVersion);
        Assert.Equal(7, await socket.EchoAsync(7));

        Assert.Equal(1, server.Queue().GetSnapshot().Running);

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Stop).WithinPatience();
        await server.Queue().UntilRunningAsync(0);
    }

    [Theory]
    [InlineData("websocket, other")]
    [InlineData("other, WebSocket")]
    public async Task Handshake_OneOfSeveralOffers_GivesItsWorkerBack(string upgrade)
    {
        await using var server = await WebSocketEndpoints.StartServerAsync();

        using var answer = await UpgradeRequest.SendAsync(server, httpVersion: 1, "/echo", upgrade);

        Assert.Equal(HttpStatusCode.SwitchingProtocols, answer.StatusCode);
        Assert.Equal((0, 1), (server.Queue().GetSnapshot().Running, server.Queue().GetSnapshot().Ran));
    }
}

using System.Net;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using QueueAdmission.Protocols.Hosting;
using QueueAdmission.Protocols.WebSockets;

namespace QueueAdmission.Protocols.SignalR;

/// <summary>Tests that the queue of a hub applies only while a client connects.</summary>
public sealed class HubQueueTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpTransportType.WebSockets, true)]
    [InlineData(HttpTransportType.WebSockets, false)]
    [InlineData(HttpTransportType.ServerSentEvents, true)]
    [InlineData(HttpTransportType.ServerSentEvents, false)]
    public async Task Connection_HandshakeAnswered_GivesItsWorkerBack(HttpTransportType transport, bool byAttribute)
    {
        await using var server = await HubConnections.StartServerAsync(byAttribute);
        var connections = new List<HubConnection>();
        for (var i = 0; i < 3; i++)
        {
            var connection = HubConnections.ConnectionTo(server, transport);
            connections.Add(connection);
            await connection.ConnectAsync().WithinPatience();
        }

        var snapshot = server.Queue(HubConnections.Queue).GetSnapshot();
        // Each connection passes the queue twice: for its negotiation, and when it is opened.
        Assert.Equal((0, 6), (snapshot.Running, snapshot.Ran));
        foreach (var connection in connections)
        {
            Assert.Equal("hello", await connection.EchoAsync("hello"));
            await connection.DisposeAsync();
        }
        Assert.Equal(6, server.Queue(HubConnections.Queue).GetSnapshot().Arrived);
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    public async Task Connection_WorkersBusy_WaitsOnceAndItsMessagesNever(HttpTransportType transport)
    {
        await using var server = await HubConnections.StartServerAsync();
        var queue = server.Queue(HubConnections.Queue);
        var busy = await queue.EnterAsync(Stop);
        await using var connection = HubConnections.ConnectionTo(server, transport);

        var connecting = connection.ConnectAsync();
        await queue.UntilWaitingAsync(1);
        Assert.False(connecting.IsCompleted);
        busy.Dispose();
        await connecting.WithinPatience();

        using var busyAgain = await queue.EnterAsync(Stop);
        Assert.Equal("hello", await connection.EchoAsync("hello"));
        Assert.Equal(4, queue.GetSnapshot().Arrived);
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    [InlineData(HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling)]
    public async Task Connection_QueueIsFull_FailsWith503(HttpTransportType transport)
    {
        await using var server = await HubConnections.StartServerAsync(hubs: queue => queue.PartitionCapacity = 0);
        using var busy = await server.Queue(HubConnections.Queue).EnterAsync(Stop);
        await using var connection = HubConnections.ConnectionTo(server, transport);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => connection.ConnectAsync().WithinPatience());

        Assert.Contains("503", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, server.Queue(HubConnections.Queue).GetSnapshot().RejectedByReason[RejectionReason.QueueFull]);
    }

    [Fact]
    public async Task Connection_ReleaseOnEnd_KeepsItsWorker()
    {
        await using var server = await HubConnections.StartServerAsync(hubs: queue => queue.ReleaseOn = ReleaseOn.End);
        var queue = server.Queue(HubConnections.Queue);
        await using var first = HubConnections.ConnectionTo(server, HttpTransportType.WebSockets);
        await using var second = HubConnections.ConnectionTo(server, HttpTransportType.WebSockets);
        await first.ConnectAsync().WithinPatience();
        Assert.Equal("hello", await first.EchoAsync("hello"));
        Assert.Equal(1, queue.GetSnapshot().Running);

        var connecting = second.ConnectAsync();
        await queue.UntilWaitingAsync(1);
        await first.StopAsync(Stop);

        await connecting.WithinPatience();
        Assert.Equal(1, queue.GetSnapshot().Running);
    }

    /// <summary>
    /// A connection with long polling consists of many short requests. Only its negotiation passes the queue.
    /// </summary>
    [Fact]
    public async Task LongPolling_QueueIsFullAfterItWasNegotiated_GoesOn()
    {
        await using var server = await HubConnections.StartServerAsync(hubs: queue => queue.PartitionCapacity = 0);
        var queue = server.Queue(HubConnections.Queue);
        await using var connection = HubConnections.ConnectionTo(server, HttpTransportType.LongPolling);
        await connection.ConnectAsync().WithinPatience();

        using var busy = await queue.EnterAsync(Stop);

        Assert.Equal("hello", await connection.EchoAsync("hello"));
        Assert.Equal(2, queue.GetSnapshot().Arrived);
    }

    [Fact]
    public async Task Connection_WebSocketAmongSeveralOffers_IsGuardedToo()
    {
        await using var server = await HubConnections.StartServerAsync(hubs: queue => queue.PartitionCapacity = 0);
        using var busy = await server.Queue(HubConnections.Queue).EnterAsync(Stop);

        using var answer = await UpgradeRequest.SendAsync(server, httpVersion: 1, "/hub", "websocket, other");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }
}

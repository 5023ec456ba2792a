using Microsoft.AspNetCore.Http.Connections;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.SignalR;

/// <summary>
/// Tests that a fallback queue does not apply to the long-lived connections of hubs that have no queue.
/// </summary>
public sealed class FallbackQueueTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task Hub_NamesNoQueue_ConnectsPastTheFallbackQueue(HttpTransportType transport)
    {
        await using var server = await LoopbackServer.StartAsync(
            map: app => app.MapHub<EchoHub>("/hub"),
            build: builder => builder.Services.AddSignalR(),
            line: line => line.PartitionCapacity = 0,
            queues: options => options.FallbackQueue = LoopbackServer.Line);
        using var busy = await server.Queue().EnterAsync(Stop);
        await using var connection = HubConnections.ConnectionTo(server, transport);

        await connection.ConnectAsync().WithinPatience();

        Assert.Equal("hello", await connection.EchoAsync("hello"));
        Assert.Equal(1, server.Queue().GetSnapshot().Arrived);
    }
}

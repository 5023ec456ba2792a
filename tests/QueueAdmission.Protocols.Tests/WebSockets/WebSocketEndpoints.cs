using System.Net.WebSockets;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.WebSockets;

/// <summary>
/// Creates servers with the endpoint <c>/echo</c>, which has a queue and accepts WebSockets, and clients for them.
/// </summary>
internal static class WebSocketEndpoints
{
    /// <param name="line">The settings of the queue.</param>
    /// <param name="beforeQueue">
    /// Whether <c>UseWebSockets</c> precedes the queue. Applications use both orders.
    /// </param>
    public static Task<LoopbackServer> StartServerAsync(
        Action<RequestQueueOptions>? line = null, bool beforeQueue = true) => LoopbackServer.StartAsync(
            map: app =>
            {
                if (!beforeQueue)
                    app.UseQueuedAdmission();
                app.UseWebSockets();
                app.Map("/echo", EchoAsync).WithQueue(LoopbackServer.Line);
            },
            line: line);

    public static async Task<ClientWebSocket> ConnectAsync(LoopbackServer server, int httpVersion)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = new Version(httpVersion, httpVersion == 1 ? 1 : 0);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        var address = httpVersion == 1 ? server.Http1Address : server.Http2Address;
        var client = httpVersion == 1 ? server.Http1 : server.Http2;
        await socket.ConnectAsync(
            new UriBuilder(address) { Scheme = "ws", Path = "/echo" }.Uri,
            client,
            TestContext.Current.CancellationToken).WithinPatience();
        return socket;
    }

    public static async Task<byte> EchoAsync(this ClientWebSocket socket, byte value)
    {
        byte[] buffer = [value];
        await socket.SendAsync(
            buffer, WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
        buffer[0] = 0;
        await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).WithinPatience();
        return buffer[0];
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[16];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted)
            is { MessageType: not WebSocketMessageType.Close } received)
        {
            await socket.SendAsync(
                buffer.AsMemory(0, received.Count),
                received.MessageType,
                received.EndOfMessage,
                context.RequestAborted);
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}

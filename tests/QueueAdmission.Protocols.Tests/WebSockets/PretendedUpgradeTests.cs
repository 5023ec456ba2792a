using System.Net;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.WebSockets;

/// <summary>Asking for a WebSocket where there is none gains a client nothing.</summary>
public sealed class PretendedUpgradeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.BadRequest)]
    // Kestrel itself does not let a CONNECT that nobody accepted have a body with 200.
    [InlineData(2, HttpStatusCode.BadRequest)]
    public async Task OrdinaryEndpoint_AskedForAnUpgrade_IsQueuedAndKeepsItsWorkerToTheEnd(int httpVersion, HttpStatusCode status)
    {
        var gate = new Gate();
        await using var server = await StartServerAsync(gate, status);
        var queue = server.Queue();
        var busy = await queue.EnterAsync(Stop);

        var answering = SendAsync(server, httpVersion);
        await queue.UntilWaitingAsync(1);
        busy.Dispose();
        using var answer = await answering.WithinPatience();

        Assert.Equal(status, answer.StatusCode);
        await gate.UntilArrivedAsync(1);
        Assert.Equal(1, queue.GetSnapshot().Running);
        gate.Open();
        await queue.UntilRunningAsync(0);
    }

    private static Task<LoopbackServer> StartServerAsync(Gate gate, HttpStatusCode status) => LoopbackServer.StartAsync(app =>
    {
        app.UseWebSockets();
        app.Map("/stream", async context =>
        {
            context.Response.StatusCode = (int)status;
            await context.Response.WriteAsync("first", Stop);
            await context.Response.Body.FlushAsync(Stop);
            await gate.PassAsync();
        }).WithQueue(LoopbackServer.Line);
    });

    private static Task<HttpResponseMessage> SendAsync(LoopbackServer server, int httpVersion)
    {
        var request = new HttpRequestMessage
        {
            Version = new Version(httpVersion, httpVersion == 1 ? 1 : 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (httpVersion == 1)
        {
            request.RequestUri = new Uri(server.Http1Address, "/stream");
            request.Headers.Connection.Add("Upgrade");
            request.Headers.Upgrade.ParseAdd("websocket");
            request.Headers.Add("Sec-WebSocket-Version", "13");
            request.Headers.Add("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==");
        }
        else
        {
            request.RequestUri = new Uri(server.Http2Address, "/stream");
            request.Method = HttpMethod.Connect;
            request.Headers.Protocol = "websocket";
            request.Headers.Add("Sec-WebSocket-Version", "13");
        }
        return (httpVersion == 1 ? server.Http1 : server.Http2).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }
}

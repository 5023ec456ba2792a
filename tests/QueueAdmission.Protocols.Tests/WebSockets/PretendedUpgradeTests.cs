using System.Net;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.WebSockets;

/// <summary>
/// Tests that a client gains no advantage by requesting a WebSocket from an endpoint that does not accept WebSockets.
/// </summary>
public sealed class PretendedUpgradeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.BadRequest)]
    // Kestrel itself allows no body in a 200 answer to a CONNECT that was not accepted.
    [InlineData(2, HttpStatusCode.BadRequest)]
    public async Task OrdinaryEndpoint_AskedForAnUpgrade_IsQueuedAndKeepsItsWorkerToTheEnd(
        int httpVersion, HttpStatusCode status)
    {
        var gate = new Gate();
        await using var server = await StartServerAsync(gate, status);
        var queue = server.Queue();
        var busy = await queue.EnterAsync(Stop);

        var answering = UpgradeRequest.SendAsync(server, httpVersion, "/stream");
        await queue.UntilWaitingAsync(1);
        busy.Dispose();
        using var answer = await answering;

        Assert.Equal(status, answer.StatusCode);
        await gate.UntilArrivedAsync(1);
        Assert.Equal(1, queue.GetSnapshot().Running);
        gate.Open();
        await queue.UntilRunningAsync(0);
    }

    private static Task<LoopbackServer> StartServerAsync(Gate gate, HttpStatusCode status) =>
        LoopbackServer.StartAsync(app =>
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
}

using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Pipelines;

/// <summary>
/// Tests clients behind a proxy. The addresses that a trusted proxy forwards distinguish the clients.
/// </summary>
public sealed class ForwardedClientTests
{
    private readonly Gate _gate = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", HttpStatusCode.OK)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", HttpStatusCode.TooManyRequests)]
    [InlineData("2001:db8:1:2::1", "[2001:db8:1:2::2]:8080", HttpStatusCode.TooManyRequests)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", HttpStatusCode.OK)]
    public async Task Clients_BehindATrustedProxy_AreKeptApart(string first, string second, HttpStatusCode status)
    {
        await using var server = await StartServerAsync(trustsProxy: true);

        Assert.Equal(status, await AskSecondAsync(server, first, second));
    }

    [Fact]
    public async Task Clients_BehindAProxyThatIsNotTrusted_AreOne()
    {
        await using var server = await StartServerAsync(trustsProxy: false);

        Assert.Equal(HttpStatusCode.TooManyRequests, await AskSecondAsync(server, "192.0.2.1", "192.0.2.2"));
    }

    /// <summary>
    /// Returns the status code for the second client while the first client holds the only worker that a client may
    /// have.
    /// </summary>
    private async Task<HttpStatusCode> AskSecondAsync(LoopbackServer server, string first, string second)
    {
        var running = GetAsync(server, first);
        await _gate.UntilArrivedAsync(1);
        var asking = GetAsync(server, second);
        await Patience.UntilAsync(() => asking.IsCompleted || _gate.Arrived == 2, "the second is refused or runs");
        _gate.Open();

        using var answered = await running.WithinPatience();
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        using var answer = await asking.WithinPatience();
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> GetAsync(LoopbackServer server, string client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Forwarded-For", client } } };
        return await server.Http1.SendAsync(request, Stop);
    }

    private Task<LoopbackServer> StartServerAsync(bool trustsProxy) => LoopbackServer.StartAsync(
        map: app =>
        {
            var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor };
            if (!trustsProxy)
            {
                // By default, the loopback address is trusted.
                options.KnownProxies.Clear();
                options.KnownIPNetworks.Clear();
                options.KnownProxies.Add(IPAddress.Parse("192.0.2.99"));
            }
            app.UseForwardedHeaders(options);
            app.MapGet("/", () => _gate.PassAsync()).WithQueue(LoopbackServer.Line);
        },
        line: line =>
        {
            line.Workers = 2;
            line.PartitionBy = PartitionBy.ClientIp;
            line.MaxWorkersPerKey = 1;
            line.PartitionCapacity = 0;
        });
}

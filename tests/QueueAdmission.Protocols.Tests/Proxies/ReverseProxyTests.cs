using System.Net;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Proxies;

public sealed class ReverseProxyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ProxiedRequest_WorkersBusy_WaitsAndReachesTheDestinationWhole()
    {
        await using var destination = await Destination.StartAsync();
        await using var server = await StartProxyAsync(destination);
        var queue = server.Queue();
        var first = server.Http1.PostAsync("/anything", new StringContent("one"), Stop);
        await destination.Gate.UntilArrivedAsync(1);

        var second = server.Http1.PostAsync("/anything", new StringContent("two"), Stop);
        await queue.UntilWaitingAsync(1);
        Assert.Equal((1, 1), (queue.GetSnapshot().Running, destination.Gate.Arrived));
        destination.Gate.Open();

        Assert.Equal("one", await (await first.WithinPatience()).Content.ReadAsStringAsync(Stop));
        Assert.Equal("two", await (await second.WithinPatience()).Content.ReadAsStringAsync(Stop));
        Assert.Equal(2, destination.Gate.Arrived);
        await queue.UntilRunningAsync(0);
    }

    [Fact]
    public async Task ProxiedRequest_QueueIsFull_IsRefusedByTheProxy()
    {
        await using var destination = await Destination.StartAsync();
        await using var server = await StartProxyAsync(destination, line => line.PartitionCapacity = 0);
        using var busy = await server.Queue().EnterAsync(Stop);

        using var refused = await server.Http1.GetAsync("/anything", Stop);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(0, destination.Gate.Arrived);
    }

    private static Task<LoopbackServer> StartProxyAsync(
        Destination destination, Action<RequestQueueOptions>? line = null) => LoopbackServer.StartAsync(
            map: app => app.MapReverseProxy().WithQueue(LoopbackServer.Line),
            build: builder =>
                builder.Services.AddReverseProxy().LoadFromMemory(destination.Routes, destination.Clusters),
            line: line);
}

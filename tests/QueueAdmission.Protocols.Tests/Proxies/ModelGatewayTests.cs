using System.Net;
using System.Text.Json;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Proxies;

/// <summary>
/// Tests a proxy in front of language models. Each model has a queue, and the body of a request contains the name of
/// the model.
/// </summary>
public sealed class ModelGatewayTests
{
    private static readonly string[] Models = ["gpt-large", "gpt-small"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_ItsModelIsBusy_WaitsWhileOtherModelsServe()
    {
        await using var destination = await Destination.StartAsync();
        await using var server = await StartGatewayAsync(destination);
        destination.Gate.Open();
        var large = server.Queue("gpt-large");
        var busy = await large.EnterAsync(Stop);

        var waiting = AskAsync(server, "gpt-large");
        await large.UntilWaitingAsync(1);
        using var other = await AskAsync(server, "gpt-small").WithinPatience();
        Assert.Contains("gpt-small", await other.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(1, destination.Gate.Arrived);
        busy.Dispose();

        using var answer = await waiting.WithinPatience();
        Assert.Contains("gpt-large", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        await large.UntilRunningAsync(0);
    }

    [Fact]
    public async Task Request_ItsModelsQueueIsFull_IsRefusedAsAnEndpointWouldRefuseIt()
    {
        await using var destination = await Destination.StartAsync();
        await using var server = await StartGatewayAsync(destination);
        server.Queue("gpt-large").Update(queue => queue.PartitionCapacity = 0);
        using var busy = await server.Queue("gpt-large").EnterAsync(Stop);

        using var refused = await AskAsync(server, "gpt-large").WithinPatience();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal("gpt-large", problem.GetProperty("queue").GetString());
        Assert.Equal("queue_full", problem.GetProperty("reason").GetString());
        Assert.Equal(0, destination.Gate.Arrived);
    }

    [Fact]
    public async Task Request_ItsClientLeavesWhileItWaits_FreesItsPlace()
    {
        await using var destination = await Destination.StartAsync();
        await using var server = await StartGatewayAsync(destination);
        var large = server.Queue("gpt-large");
        using var busy = await large.EnterAsync(Stop);
        using var client = server.NewClient(HttpVersion.Version11);
        var waiting = AskAsync(server, "gpt-large", client);
        await large.UntilWaitingAsync(1);

        client.CancelPendingRequests();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WithinPatience());
        await large.UntilWaitingAsync(0);
        Assert.Equal(1, large.GetSnapshot().Abandoned);
        Assert.Equal(0, destination.Gate.Arrived);
    }

    private static Task<HttpResponseMessage> AskAsync(LoopbackServer server, string model, HttpClient? client = null) =>
        (client ?? server.Http1)
            .PostAsync("/v1/chat", new StringContent($$"""{"model":"{{model}}","prompt":"hello"}"""), Stop);

    private static Task<LoopbackServer> StartGatewayAsync(Destination destination) => LoopbackServer.StartAsync(
        map: app => app.MapReverseProxy(pipeline => pipeline.Use(async (context, next) =>
        {
            context.Request.EnableBuffering();
            using var body =
                await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            context.Request.Body.Position = 0;
            using var lease = await context.EnterQueueAsync(body.RootElement.GetProperty("model").GetString()!);
            if (lease.IsAdmitted)
                await next(context);
        })),
        build: builder => builder.Services.AddReverseProxy().LoadFromMemory(destination.Routes, destination.Clusters),
        queues: options =>
        {
            foreach (var model in Models)
                options.AddQueue(model, queue => queue.Workers = 1);
        });
}

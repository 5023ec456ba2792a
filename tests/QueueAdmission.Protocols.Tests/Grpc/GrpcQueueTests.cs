using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Protocols.Hosting;

namespace QueueAdmission.Protocols.Grpc;

public sealed class GrpcQueueTests
{
    private readonly Gate _gate = new();
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UnaryCall_WorkersBusy_WaitsAndThenRuns(bool byAttribute)
    {
        await using var server = await StartServerAsync(byAttribute);
        using var channel = Channel(server);
        var client = new Orders.OrdersClient(channel);
        _gate.Open();
        var busy = await server.Queue().EnterAsync(Stop);

        var buying = client.BuyAsync(new Order { Item = "tea" }, cancellationToken: Stop).ResponseAsync;
        await server.Queue().UntilWaitingAsync(1);
        Assert.Equal(0, _gate.Arrived);
        busy.Dispose();

        Assert.Equal("tea", (await buying.WithinPatience()).Text);
        await server.Queue().UntilRunningAsync(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerStreaming_WhileItStreams_KeepsItsWorker(bool byAttribute)
    {
        await using var server = await StartServerAsync(byAttribute);
        using var channel = Channel(server);
        using var call = new Orders.OrdersClient(channel).Follow(new Order { Item = "tea" }, cancellationToken: Stop);

        Assert.True(await call.ResponseStream.MoveNext(Stop).WithinPatience());
        Assert.Equal("tea taken", call.ResponseStream.Current.Text);
        await _gate.UntilArrivedAsync(1);
        Assert.Equal(1, server.Queue().GetSnapshot().Running);
        _gate.Open();

        Assert.True(await call.ResponseStream.MoveNext(Stop).WithinPatience());
        Assert.Equal("tea shipped", call.ResponseStream.Current.Text);
        Assert.False(await call.ResponseStream.MoveNext(Stop).WithinPatience());
        await server.Queue().UntilRunningAsync(0);
    }

    [Fact]
    public async Task UnaryCall_QueueIsFull_IsUnavailableWithPushback()
    {
        await using var server = await StartServerAsync(line: line => line.PartitionCapacity = 0);
        using var channel = Channel(server);
        using var busy = await server.Queue().EnterAsync(Stop);

        var refused = await Assert.ThrowsAsync<RpcException>(
            () =>
                new Orders.OrdersClient(channel).BuyAsync(
                    new Order(), cancellationToken: Stop).ResponseAsync.WithinPatience());

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.Contains("queue_full", refused.Status.Detail, StringComparison.Ordinal);
        AssertPushback(refused);
        Assert.Equal(0, _gate.Arrived);
    }

    [Fact]
    public async Task ServerStreaming_QueueIsFull_IsUnavailableWithPushback()
    {
        await using var server = await StartServerAsync(line: line => line.PartitionCapacity = 0);
        using var channel = Channel(server);
        using var busy = await server.Queue().EnterAsync(Stop);
        using var call = new Orders.OrdersClient(channel).Follow(new Order(), cancellationToken: Stop);

        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Stop).WithinPatience());

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        AssertPushback(refused);
    }

    [Fact]
    public async Task UnaryCall_WithRetryPolicy_IsRetriedAfterTheRejection()
    {
        await using var server = await StartServerAsync(line: line => line.PartitionCapacity = 0);
        using var channel = Channel(server, new MethodConfig
        {
            Names = { MethodName.Default },
            RetryPolicy = new RetryPolicy
            {
                MaxAttempts = 5,
                InitialBackoff = TimeSpan.FromMilliseconds(1),
                MaxBackoff = TimeSpan.FromMilliseconds(1),
                BackoffMultiplier = 1,
                RetryableStatusCodes = { StatusCode.Unavailable },
            },
        });
        _gate.Open();
        var queue = server.Queue();
        var busy = await queue.EnterAsync(Stop);

        var buying = new Orders.OrdersClient(channel)
            .BuyAsync(new Order { Item = "tea" }, cancellationToken: Stop).ResponseAsync;
        await Patience.UntilAsync(() => queue.GetSnapshot().Rejected == 1, "the first attempt was refused");
        busy.Dispose();

        Assert.Equal("tea", (await buying.WithinPatience()).Text);
        Assert.Equal(1, _gate.Arrived);
    }

    [Fact]
    public async Task UnaryCall_OfACallerWithAllItsWorkers_IsResourceExhaustedWithPushback()
    {
        await using var server = await StartServerAsync(line: line =>
        {
            line.Workers = 2;
            line.PartitionBy = PartitionBy.Header("x-tenant");
            line.MaxWorkersPerKey = 1;
            line.PartitionCapacity = 0;
        });
        using var channel = Channel(server);
        var client = new Orders.OrdersClient(channel);
        var running = client.BuyAsync(new Order { Item = "tea" }, Tenant("a"), cancellationToken: Stop).ResponseAsync;
        await _gate.UntilArrivedAsync(1);

        var refused = await Assert.ThrowsAsync<RpcException>(
            () => client.BuyAsync(new Order(), Tenant("a"), cancellationToken: Stop).ResponseAsync.WithinPatience());
        var other = client.BuyAsync(new Order { Item = "cake" }, Tenant("b"), cancellationToken: Stop).ResponseAsync;
        _gate.Open();

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Contains("key_limit", refused.Status.Detail, StringComparison.Ordinal);
        AssertPushback(refused);
        Assert.Equal(["tea", "cake"], [(await running.WithinPatience()).Text, (await other.WithinPatience()).Text]);

        static Metadata Tenant(string name) => new() { { "x-tenant", name } };
    }

    [Fact]
    public async Task UnaryCall_WithADeadline_WaitsNoLongerThanThat()
    {
        await using var server = await StartServerAsync(
            line: line =>
                (line.DeadlineFrom, line.MaxWait) = (DeadlineFrom.Header("grpc-timeout"), Timeout.InfiniteTimeSpan));
        using var channel = Channel(server);
        using var busy = await server.Queue().EnterAsync(Stop);
        // The client uses its own real clock, which the test does not control.
        var buying = new Orders.OrdersClient(channel).BuyAsync(
            new Order(), deadline: DateTime.UtcNow + TimeSpan.FromHours(1), cancellationToken: Stop).ResponseAsync;
        await server.Queue().UntilWaitingAsync(1);

        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(1, server.Queue().GetSnapshot().Waiting);
        _clock.Advance(TimeSpan.FromMinutes(1));

        var refused = await Assert.ThrowsAsync<RpcException>(() => buying.WithinPatience());
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.Contains("wait_timeout", refused.Status.Detail, StringComparison.Ordinal);
    }

    private static void AssertPushback(RpcException refused)
    {
        var pushback = Assert.Single(refused.Trailers, entry => entry.Key == "grpc-retry-pushback-ms");
        Assert.InRange(int.Parse(pushback.Value, CultureInfo.InvariantCulture), 1_000, 60_000);
    }

    private Task<LoopbackServer> StartServerAsync(bool byAttribute = true, Action<RequestQueueOptions>? line = null) =>
        LoopbackServer.StartAsync(
            map: app =>
            {
                if (byAttribute)
                    app.MapGrpcService<QueuedOrderService>();
                else
                    app.MapGrpcService<OrderService>().WithQueue(LoopbackServer.Line);
            },
            build: builder =>
            {
                builder.Services.AddGrpc();
                builder.Services.AddSingleton(_gate).AddSingleton<TimeProvider>(_clock);
            },
            line: line);

    private static GrpcChannel Channel(LoopbackServer server, MethodConfig? calls = null)
    {
        var service = new ServiceConfig();
        if (calls is not null)
            service.MethodConfigs.Add(calls);
        return GrpcChannel.ForAddress(server.Http2Address, new GrpcChannelOptions { ServiceConfig = service });
    }
}

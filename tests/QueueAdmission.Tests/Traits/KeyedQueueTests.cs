using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission.Traits;

public sealed class KeyedQueueTests
{
    private const string ByTenant =
        "Queues:q:Workers=1 Queues:q:PartitionBy=Header:X-Tenant Queues:q:MaxWaitingPerKey=8";

    [Fact]
    public async Task Request_OfACallerWithoutRoom_Is429WhileOthersStillWait()
    {
        var gate = new Gate();
        await using var app = await StartAsync(ByTenant, gate);
        var queue = app.Queue("q");
        var running = app.GetAsync("/", "greedy");
        await gate.EnteredAsync(1);
        // One key may have eight waiting requests.
        var greedy = new List<Task<HttpResponseMessage>>();
        for (var i = 0; i < 8; i++)
            greedy.Add(await app.GetAndWaitInLineAsync("/", queue, "greedy"));

        using var refused = await app.GetAsync("/", "greedy");
        var modest = await app.GetAndWaitInLineAsync("/", queue, "modest");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains(
            "\"partition_full\"", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        gate.LetOut(10);
        Assert.All(
            await Task.WhenAll([running, .. greedy, modest]),
            response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(queue, ran: 10, rejected: 1);
    }

    [Fact]
    public async Task Request_OfACallerWithAllItsWorkers_WaitsAndLeavesTheFreeOneToOthers()
    {
        var gate = new Gate();
        await using var app = await StartAsync(
            "Queues:q:Workers=2 Queues:q:PartitionBy=Header:X-Tenant Queues:q:MaxWorkersPerKey=1", gate);
        var queue = app.Queue("q");
        var first = app.GetAsync("/?id=a1", "a");
        await gate.EnteredAsync(1);
        var second = await app.GetAndWaitInLineAsync("/?id=a2", queue, "a");

        var other = app.GetAsync("/?id=b1", "b");
        await gate.EnteredAsync(2);

        Assert.Equal(["a1", "b1"], gate.Order);
        gate.LetOut(3);
        Assert.All(
            await Task.WhenAll(first, second, other), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(queue, ran: 3);
    }

    [Fact]
    public async Task Request_AtItsCallersLimitWithoutPlaces_IsRefusedWithKeyLimit()
    {
        var gate = new Gate();
        await using var app = await StartAsync(
            "Queues:q:Workers=2 Queues:q:PartitionBy=Header:X-Tenant Queues:q:MaxWorkersPerKey=1 " +
                "Queues:q:PartitionCapacity=0", gate);
        var first = app.GetAsync("/", "a");
        await gate.EnteredAsync(1);

        using var refused = await app.GetAsync("/", "a");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains(
            "\"key_limit\"", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        gate.LetOut();
        (await first).Dispose();
        await Books.BalanceAsync(app.Queue("q"), ran: 1, rejected: 1);
    }

    [Fact]
    public async Task Worker_GivenBackEarly_NoLongerCountsForItsCaller()
    {
        var gate = new Gate();
        var released = new List<bool>();
        await using var app = await TestApp.StartAsync("Queues:q:Workers=2 Queues:q:PartitionBy=Header:X-Tenant " +
            "Queues:q:MaxWorkersPerKey=1 Queues:q:PartitionCapacity=0", app =>
            {
                app.UseQueuedAdmission();
                app.MapGet("/", context =>
                {
                    released.Add(context.ReleaseWorker());
                    released.Add(context.ReleaseWorker());
                    return gate.PassAsync(context);
                }).WithQueue("q");
            });

        var first = app.GetAsync("/", "a");
        await gate.EnteredAsync(1);
        var second = app.GetAsync("/", "a");
        await gate.EnteredAsync(2);

        Assert.Equal([true, false, true, false], released);
        Assert.Equal((0, 2), (app.Queue("q").GetSnapshot().Running, gate.Inside));
        gate.LetOut(2);
        Assert.All(await Task.WhenAll(first, second), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(app.Queue("q"), ran: 2);
    }

    [Fact]
    public async Task Handler_OfACallerThrows_GivesItsWorkerBack()
    {
        await using var app = await TestApp.StartAsync("Queues:q:Workers=2 Queues:q:PartitionBy=Header:X-Tenant " +
            "Queues:q:MaxWorkersPerKey=1 Queues:q:PartitionCapacity=0", app =>
            {
                app.UseQueuedAdmission();
                app.MapGet("/", _ => throw new InvalidTimeZoneException("as planned")).WithQueue("q");
            });

        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<InvalidTimeZoneException>(() => app.GetAsync("/", "a"));

        await Books.BalanceAsync(app.Queue("q"), ran: 3);
    }

    [Fact]
    public async Task KeyFromCode_ThatThrows_GoesUpThePipelineAndCostsNoWorker()
    {
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", () => "").WithQueue("q");
        }, services => services.AddQueuedAdmission(o => o.AddQueue("q", q =>
            q.PartitionBy = PartitionBy.Custom(_ => throw new InvalidTimeZoneException("as planned")))));

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => app.GetAsync("/"));

        Assert.Equal((0, 0L), (app.Queue("q").GetSnapshot().Running, app.Queue("q").GetSnapshot().Arrived));
    }

    [Fact]
    public async Task PartitionBy_ChangedLive_HoldsForTheNextRequest()
    {
        var gate = new Gate();
        await using var app = await StartAsync("Queues:q:Workers=1 Queues:q:PartitionCapacity=1", gate);
        var queue = app.Queue("q");
        var running = app.GetAsync("/", "a");
        await gate.EnteredAsync(1);
        var waiting = await app.GetAndWaitInLineAsync("/", queue, "a");
        using (var refused = await app.GetAsync("/", "a"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

        app.Reload("Queues:q:PartitionBy=Header:X-Tenant Queues:q:PartitionCapacity=8");

        Assert.Equal(64, queue.GetSnapshot().WaitingByPartition.Count);
        var more = new List<Task<HttpResponseMessage>>();
        for (var i = 0; i < 7; i++)
            more.Add(await app.GetAndWaitInLineAsync("/", queue, "a"));
        gate.LetOut(9);
        Assert.All(
            await Task.WhenAll([running, waiting, .. more]),
            response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(queue, ran: 9, rejected: 1);
    }

    [Fact]
    public async Task EnterQueue_OfAKeyedQueue_CountsForTheRequestsCaller()
    {
        var gate = new Gate();
        await using var app = await TestApp.StartAsync("Queues:q:Workers=2 Queues:q:PartitionBy=Header:X-Tenant " +
            "Queues:q:MaxWorkersPerKey=1 Queues:q:PartitionCapacity=0", app =>
                app.MapGet("/", async context =>
                {
                    using var lease = await context.EnterQueueAsync("q");
                    if (lease.IsAdmitted)
                        await gate.PassAsync(context);
                }));
        var first = app.GetAsync("/", "a");
        await gate.EnteredAsync(1);

        using var refused = await app.GetAsync("/", "a");
        var other = app.GetAsync("/", "b");
        await gate.EnteredAsync(2);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        gate.LetOut(2);
        Assert.All(await Task.WhenAll(first, other), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(app.Queue("q"), ran: 2, rejected: 1);
    }

    private static Task<TestApp> StartAsync(string settings, Gate gate) => TestApp.StartAsync(settings, app =>
    {
        app.UseQueuedAdmission();
        app.MapGet("/", gate.PassAsync).WithQueue("q");
    });
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class RunningTests
{
    [Fact]
    public async Task Requests_MoreThanWorkers_RunAtMostThatManyAtOnceInOrder()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate, "Queues:q:Workers=2 Queues:q:PartitionCapacity=3");
        var queue = app.Queue("q");
        var responses = new List<Task<HttpResponseMessage>> { app.GetAsync("/?id=0"), app.GetAsync("/?id=0") };
        await gate.EnteredAsync(2);
        for (var id = 1; id <= 3; id++)
            responses.Add(await app.GetAndWaitInLineAsync($"/?id={id}", queue));

        for (var entered = 3; entered <= 5; entered++)
        {
            Assert.Equal(2, gate.Inside);
            gate.LetOut();
            await gate.EnteredAsync(entered);
        }
        gate.LetOut(2);

        Assert.All(await Task.WhenAll(responses), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(2, gate.MaxInside);
        Assert.Equal(["0", "0", "1", "2", "3"], gate.Order);
        await Books.BalanceAsync(queue, ran: 5);
    }

    [Fact]
    public async Task Request_WhenAllPlacesAreTaken_IsRefusedAtOnce()
    {
        var gate = new Gate();
        await using var app =
            await StartAsync(gate, "Queues:q:Workers=1 Queues:q:Partitions=2 Queues:q:PartitionCapacity=1");
        var queue = app.Queue("q");
        var running = app.GetAsync("/");
        await gate.EnteredAsync(1);
        var waiting =
            new[] { await app.GetAndWaitInLineAsync("/", queue), await app.GetAndWaitInLineAsync("/", queue) };

        using var refused = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains(
            "queue_full",
            await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        gate.LetOut(3);
        Assert.All(
            await Task.WhenAll([running, .. waiting]),
            response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(queue, ran: 3, rejected: 1);
    }

    [Fact]
    public async Task Waiter_WhenItsTimeIsOver_IsRefused()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate, "Queues:q:Workers=1 Queues:q:MaxWait=00:00:05");
        var queue = app.Queue("q");
        var running = app.GetAsync("/");
        await gate.EnteredAsync(1);
        var waiting = await app.GetAndWaitInLineAsync("/", queue);

        app.Clock.Advance(TimeSpan.FromSeconds(5));

        using var refused = await waiting;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains(
            "wait_timeout",
            await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        gate.LetOut();
        (await running).Dispose();
        Assert.Equal(1, gate.Entered);
        await Books.BalanceAsync(queue, ran: 1, rejected: 1);
    }

    [Fact]
    public async Task Refusal_WhenOnRejectedThrows_LosesNoWorker()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate, "Queues:q:Workers=1 Queues:q:PartitionCapacity=0",
            options => options.OnRejected = _ => throw new InvalidTimeZoneException("hook"));
        var running = app.GetAsync("/");
        await gate.EnteredAsync(1);

        using var refused = await app.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

        gate.LetOut(2);
        (await running).Dispose();
        using var next = await app.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        await Books.BalanceAsync(app.Queue("q"), ran: 2, rejected: 1);
    }

    [Fact]
    public async Task Workers_RaisedByReload_AdmitWaitersAtOnce()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate, "Queues:q:Workers=1");
        var running = app.GetAsync("/");
        await gate.EnteredAsync(1);
        var waiting = await app.GetAndWaitInLineAsync("/", app.Queue("q"));

        app.Reload("Queues:q:Workers=2");

        await gate.EnteredAsync(2);
        gate.LetOut(2);
        Assert.All(
            await Task.WhenAll(running, waiting), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    private static Task<TestApp> StartAsync(
        Gate gate,
        string settings,
        Action<QueuedAdmissionOptions>? options = null) => TestApp.StartAsync(settings, app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", gate.PassAsync).WithQueue("q");
        }, services => services.AddQueuedAdmission(options));
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Stopping_RefusesWaiters_LetsHandlersFinish_AndEndsWithThem()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var queue = app.Queue("q");
        var running = app.GetAsync("/");
        await gate.EnteredAsync(1);
        var waiting = await app.GetAndWaitInLineAsync("/", queue);
        var waitingOnHttp2 = app.Http2.GetAsync("/", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 2);

        var stopping = app.App.StopAsync(TestContext.Current.CancellationToken);

        using var refused = await waiting;
        using var refusedOnHttp2 = await waitingOnHttp2;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.ConnectionClose));
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, null),
            (refusedOnHttp2.StatusCode, refusedOnHttp2.Headers.ConnectionClose));
        Assert.Contains(
            "draining",
            await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.False(stopping.IsCompleted);
        gate.LetOut();
        using var finished = await running;
        Assert.Equal(HttpStatusCode.OK, finished.StatusCode);
        await EndsAsync(stopping);
        Assert.Equal(1, gate.Entered);
        await Books.BalanceAsync(queue, ran: 1, rejected: 2);
    }

    [Fact]
    public async Task Stopping_RefusesARequestThatIsOnTheWireJustThen()
    {
        var gate = new Gate();
        TestApp? started = null;
        (HttpStatusCode, bool?) answer = default;
        // Callbacks run in reverse order of registration. This callback therefore runs after that of the queue, and
        // before the server closes.
        await using var app = started = await StartAsync(gate, app => app.Lifetime.ApplicationStopping.Register(() =>
        {
            using var response = started!.GetAsync("/").GetAwaiter().GetResult();
            answer = (response.StatusCode, response.Headers.ConnectionClose);
        }));

        await EndsAsync(app.App.StopAsync(TestContext.Current.CancellationToken));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), answer);
        Assert.Equal(0, gate.Entered);
    }

    [Fact]
    public async Task Stopping_RefusesWaitersOfAQueueThatWasRemoved()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var removed = app.Queue("unused");
        using var occupied = removed.TryEnter();
        var waiting = await app.GetAndWaitInLineAsync("/enter", removed);
        app.Remove("Queues:unused");
        Assert.False(app.Queues.TryGet("unused", out _));

        var stopping = app.App.StopAsync(TestContext.Current.CancellationToken);

        using var refused = await waiting;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await EndsAsync(stopping);
    }

    [Fact]
    public async Task Stopping_WhenOneQueueWasDisposed_RefusesWaitersOfTheOthers()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var running = app.GetAsync("/");
        await gate.EnteredAsync(1);
        var waiting = await app.GetAndWaitInLineAsync("/", app.Queue("q"));
        app.Queue().Dispose();

        var stopping = app.App.StopAsync(TestContext.Current.CancellationToken);

        using var refused = await waiting;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        gate.LetOut();
        (await running).Dispose();
        await EndsAsync(stopping);
    }

    [Fact]
    public async Task Reload_AfterStoppingBegan_ResumesNothing()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var running = app.GetAsync("/");
        await gate.EnteredAsync(1);

        var stopping = app.App.StopAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => app.Queue("q").GetSnapshot().State == JobQueueState.Draining);
        app.Reload("Queues:q:Workers=9");

        var snapshot = app.Queue("q").GetSnapshot();
        Assert.Equal((1, JobQueueState.Draining), (snapshot.Settings.Workers, snapshot.State));
        gate.LetOut();
        (await running).Dispose();
        await EndsAsync(stopping);
    }

    // The time limit of Eventually is far less than the shutdown timeout, which is an hour here.
    private static Task EndsAsync(Task stopping) =>
        Eventually.TrueAsync(() => stopping.IsCompletedSuccessfully, "The host does not stop.");

    private static Task<TestApp> StartAsync(Gate gate, Action<WebApplication>? configure = null) =>
        TestApp.StartKestrelAsync("Queues:q:Workers=1 Queues:unused:Workers=1", app =>
        {
            configure?.Invoke(app);
            app.UseQueuedAdmission();
            app.MapGet("/", gate.PassAsync).WithQueue("q");
            app.MapGet("/enter", async context =>
            {
                using var lease = await context.EnterQueueAsync("unused");
            });
        }, services => services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromHours(1)));
}

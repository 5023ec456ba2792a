using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission.Traits;

public sealed class DeadlineTests
{
    [Theory]
    [InlineData("Header:grpc-timeout", "500m", "/timed")]
    [InlineData("Header:grpc-timeout", "500m", "/entering")]
    [InlineData("RequestTimeout", "9S", "/timed")]
    [InlineData("RequestTimeout", "9S", "/entering")]
    [InlineData("None", "500m", "/timed", false)]
    public async Task Waiter_PastItsDeadline_IsRefusedAndNeverRun(
        string deadlineFrom, string header, string path, bool refused = true)
    {
        var gate = new Gate();
        await using var app = await StartAsync($"Queues:q:Workers=1 Queues:q:DeadlineFrom={deadlineFrom}", gate);
        var queue = app.Queue("q");
        var running = app.GetAsync("/");
        await gate.EnteredAsync(1);
        var waiting = await app.GetAndWaitInLineAsync(path, queue, ("grpc-timeout", header));

        app.Clock.Advance(TimeSpan.FromMilliseconds(500));

        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == (refused ? 0 : 1));
        gate.LetOut(2);
        (await running).Dispose();
        using var response = await waiting;
        Assert.Equal(refused ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(refused ? 1 : 2, gate.Entered);
        await Books.BalanceAsync(queue, ran: refused ? 1 : 2, rejected: refused ? 1 : 0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(-1L)]
    [InlineData(long.MaxValue)]
    public async Task TimeLeft_OfNoLimit_IsAsLongAsTheQueueAllows(long? milliseconds)
    {
        var timeLeft = milliseconds switch
        {
            null => (TimeSpan?)null,
            long.MaxValue => TimeSpan.MaxValue,
            { } ms => TimeSpan.FromMilliseconds(ms),
        };
        var gate = new Gate();
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1 Queues:q:MaxWait=00:00:20", app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", gate.PassAsync).WithQueue("q");
        }, services => services.AddQueuedAdmission(options =>
            options.AddQueue("q", queue => queue.DeadlineFrom = DeadlineFrom.Custom(_ => timeLeft))));
        var queue = app.Queue("q");
        var running = app.GetAsync("/");
        await gate.EnteredAsync(1);
        var waiting = await app.GetAndWaitInLineAsync("/", queue);

        app.Clock.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(1, queue.GetSnapshot().Waiting);
        gate.LetOut(2);

        Assert.All(
            await Task.WhenAll(running, waiting), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(queue, ran: 2);
    }

    [Fact]
    public async Task Request_ThatCannotMakeIt_IsRefusedAtOnce()
    {
        var gate = new Gate();
        await using var app = await StartAsync("Queues:q:Workers=1 Queues:q:DeadlineFrom=Header:grpc-timeout", gate);
        var queue = app.Queue("q");
        var responses = new List<Task<HttpResponseMessage>> { app.GetAsync("/") };
        await gate.EnteredAsync(1);
        // The queue learns that it completes one job per second.
        for (var i = 1; i <= 6; i++)
        {
            responses.Add(await app.GetAndWaitInLineAsync("/", queue));
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            gate.LetOut();
            await gate.EnteredAsync(i + 1);
        }
        responses.Add(await app.GetAndWaitInLineAsync("/", queue));

        using var hopeless = await app.GetAsync("/", ("grpc-timeout", "900m"));
        responses.Add(await app.GetAndWaitInLineAsync("/", queue, ("grpc-timeout", "9S")));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, hopeless.StatusCode);
        Assert.Contains(
            "\"deadline_too_close\"", await hopeless.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        gate.LetOut(3);
        Assert.All(await Task.WhenAll(responses), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(queue, ran: 9, rejected: 1);
    }

    private static Task<TestApp> StartAsync(string settings, Gate gate) => TestApp.StartAsync(settings, app =>
    {
        app.UseQueuedAdmission();
        app.MapGet("/", gate.PassAsync).WithQueue("q");
        app.MapGet("/timed", gate.PassAsync).WithQueue("q").WithRequestTimeout(TimeSpan.FromMilliseconds(500));
        app.MapGet("/entering", async context =>
        {
            using var lease = await context.EnterQueueAsync("q");
            if (lease.IsAdmitted)
                await gate.PassAsync(context);
        }).WithRequestTimeout(TimeSpan.FromMilliseconds(500));
    }, services => services.AddRequestTimeouts());
}

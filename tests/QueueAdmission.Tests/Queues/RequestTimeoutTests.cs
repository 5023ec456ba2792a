using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class RequestTimeoutTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    // A request whose time has already expired on arrival is refused before it enters the queue, and does not count as
    // arrived.
    private static readonly TimeSpan AfterItStandsInLine = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(Transport.TestServer)]
    [InlineData(Transport.Http1)]
    [InlineData(Transport.Http2)]
    public async Task Waiter_WhoseRequestTimesOut_EndsAsTheTimeoutsAnswer(Transport transport)
    {
        var gate = new Gate();
        await using var app = await StartAsync(transport, app =>
        {
            app.UseRouting();
            app.UseRequestTimeouts();
            app.UseQueuedAdmission();
            app.MapGet("/", gate.PassAsync).WithQueue("q").WithRequestTimeout(Soon);
        });
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();

        using var response = await (transport == Transport.Http2 ? app.Http2 : app.Client)
            .GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal(0, gate.Entered);
        occupied.Dispose();
        await Books.BalanceAsync(queue, ran: 1, abandoned: 1);
    }

    [Fact]
    public async Task Handler_WhoseRequestTimesOutBehindTheQueue_EndsAsTheTimeoutsAnswerAndGivesItsWorkerBack()
    {
        await using var app = await StartAsync(Transport.TestServer, app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.UseRequestTimeouts();
            app.MapGet("/", context => new TaskCompletionSource().Task.WaitAsync(context.RequestAborted)).WithQueue("q")
                .WithRequestTimeout(Soon);
        });
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        // The time in the queue does not count for the handler. The timeout starts together with the handler.
        var waiting = await app.GetAndWaitInLineAsync("/", queue);
        occupied.Dispose();

        using var response = await waiting;

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        await Books.BalanceAsync(queue, ran: 2);
    }

    [Fact]
    public async Task EnterQueue_WhenTheRequestTimesOut_EndsAsTheTimeoutsAnswer()
    {
        await using var app = await StartAsync(Transport.TestServer, app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.UseRequestTimeouts();
            app.MapGet("/", async context =>
            {
                using var lease = await context.EnterQueueAsync("q");
            }).WithRequestTimeout(AfterItStandsInLine);
        });
        using var occupied = app.Queue("q").TryEnter();

        using var response = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal(1, app.Queue("q").GetSnapshot().Abandoned);
    }

    [Theory]
    [InlineData(Transport.TestServer)]
    [InlineData(Transport.Http1)]
    [InlineData(Transport.Http2)]
    public async Task Waiter_CancelledByMiddlewareThatReplacedRequestAborted_EndsAsThatMiddlewaresAnswer(
        Transport transport)
    {
        CancellationTokenSource? cancellation = null;
        await using var app = await StartAsync(transport, app =>
        {
            app.Use(async (context, next) =>
            {
                using var own = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
                cancellation = own;
                context.RequestAborted = own.Token;
                try
                {
                    await next(context);
                }
                catch (OperationCanceledException exception) when (exception.CancellationToken == own.Token)
                {
                    context.Response.StatusCode = StatusCodes.Status418ImATeapot;
                }
            });
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", new Gate().PassAsync).WithQueue("q");
        });
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        var waiting = (transport == Transport.Http2 ? app.Http2 : app.Client)
            .GetAsync("/", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);

        await cancellation!.CancelAsync();

        using var response = await waiting;
        Assert.Equal(StatusCodes.Status418ImATeapot, (int)response.StatusCode);
        occupied.Dispose();
        await Books.BalanceAsync(queue, ran: 1, abandoned: 1);
    }

    private static Task<TestApp> StartAsync(Transport transport, Action<WebApplication> configure)
    {
        const string settings = "Queues:q:Workers=1";
        return transport == Transport.TestServer
            ? TestApp.StartAsync(settings, configure, services => services.AddRequestTimeouts())
            : TestApp.StartKestrelAsync(settings, configure, services => services.AddRequestTimeouts());
    }
}

using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class LeavingTests
{
    private const string Timeouts = "request timeouts";
    private const string ErrorPage = "error page";
    private const string DeveloperPage = "developer page";
    private const string OwnToken = "own token";

    public static TheoryData<Transport, string?> Pipelines
    {
        get
        {
            var pipelines = new TheoryData<Transport, string?>();
            string?[] allBefore =
            [
                null, Timeouts, ErrorPage, DeveloperPage, $"{ErrorPage} {Timeouts}", $"{DeveloperPage} {Timeouts}",
                OwnToken,
            ];
            foreach (var transport in new[] { Transport.TestServer, Transport.Http1, Transport.Http2 })
            {
                foreach (var before in allBefore)
                    pipelines.Add(transport, before);
            }
            return pipelines;
        }
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public async Task Client_ThatLeavesWhileWaiting_FreesThePlaceIsNeverRunAndLogsNoError(
        Transport transport, string? before)
    {
        var gate = new Gate();
        var watch = new StatusWatch();
        await using var app = await StartAsync(transport, gate, watch, before);
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        using var client = new CancellationTokenSource();
        var leaving = Send(app, transport, client.Token);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);
        app.Log.Clear();

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await watch.SawAsync(1);
        // The outcome is certain for a closed connection. Otherwise the cancellation propagates to a middleware or the
        // server, which handles it.
        var isCertain = transport == Transport.Http1 || before?.Contains("page", StringComparison.Ordinal) == true;
        Assert.Equal([isCertain ? "499" : nameof(OperationCanceledException)], watch.Ends);
        var snapshot = queue.GetSnapshot();
        Assert.Equal((1, 0, 1L), (snapshot.Running, snapshot.Waiting, snapshot.Abandoned));
        occupied.Dispose();
        gate.LetOut();
        (await Send(app, transport, TestContext.Current.CancellationToken)).Dispose();
        Assert.Empty(LoggedNoise.In(app.Log));
        Assert.Equal(1, gate.Entered);
        await Books.BalanceAsync(queue, ran: 2, abandoned: 1);
    }

    [Fact]
    public async Task Client_ThatClosesAnHttp2ConnectionWhileWaiting_HasLeftForCertain()
    {
        var watch = new StatusWatch();
        await using var app = await StartAsync(Transport.Http2, new Gate(), watch, before: null);
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        var leaving = Send(app, Transport.Http2, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);
        app.Log.Clear();

        app.Http2.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(() => leaving);
        await watch.SawAsync(1);
        Assert.Empty(LoggedNoise.In(app.Log));
        occupied.Dispose();
        await Books.BalanceAsync(queue, ran: 1, abandoned: 1);
    }

    [Fact]
    public async Task Client_ThatLeavesWithASmallUnreadBody_FreesThePlaceAtOnce()
    {
        await using var app = await StartAsync(Transport.Http1, new Gate(), new StatusWatch(), before: null);
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        var socket = await UploadAsync(app, announced: 900_000, sent: 800_000);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);

        socket.Dispose();

        await Eventually.TrueAsync(() => queue.GetSnapshot() is { Waiting: 0, Abandoned: 1 });
    }

    [Fact]
    public async Task Client_ThatLeavesWithALargeUnreadBody_KeepsThePlaceUntilItsTimeIsOver()
    {
        // Kestrel stops reading from a connection when 1 MB of its data is unread. It then cannot detect that the
        // connection was closed.
        await using var app = await StartAsync(Transport.Http1, new Gate(), new StatusWatch(), before: null);
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        var socket = await UploadAsync(app, announced: 9_000_000, sent: 1_500_000);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);

        socket.Dispose();
        // Another client arrives and leaves on the same server. After that, the server has had enough time to detect
        // the first one's leaving.
        using var another = new CancellationTokenSource();
        var leaving = await app.GetAndWaitInLineAsync("/", queue, another.Token);
        await another.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Abandoned == 1);
        app.Clock.Advance(TimeSpan.FromSeconds(10));

        await Eventually.TrueAsync(() => queue.GetSnapshot() is { Waiting: 0, Abandoned: 1, Rejected: 1 });
    }

    private static Task<HttpResponseMessage> Send(
        TestApp app, Transport transport, CancellationToken cancellationToken) =>
        (transport == Transport.Http2 ? app.Http2 : app.Client).GetAsync("/", cancellationToken);

    private static async Task<Socket> UploadAsync(TestApp app, int announced, int sent)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(app.Http1Address, TestContext.Current.CancellationToken);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {announced}\r\n\r\n"),
            TestContext.Current.CancellationToken);
        await socket.SendAsync(new byte[sent], TestContext.Current.CancellationToken);
        return socket;
    }

    private static Task<TestApp> StartAsync(Transport transport, Gate gate, StatusWatch watch, string? before)
    {
        before ??= "";
        return transport == Transport.TestServer
            ? TestApp.StartAsync("Queues:q:Workers=1", Configure, Services)
            : TestApp.StartKestrelAsync("Queues:q:Workers=1", Configure, Services);

        void Configure(WebApplication app)
        {
            watch.Use(app);
            if (before.Contains(ErrorPage, StringComparison.Ordinal))
                app.UseExceptionHandler("/error");
            if (before.Contains(DeveloperPage, StringComparison.Ordinal))
                app.UseDeveloperExceptionPage();
            if (before.Contains(OwnToken, StringComparison.Ordinal))
                app.Use(ReplaceTokenAsync);
            app.UseRouting();
            if (before.Contains(Timeouts, StringComparison.Ordinal))
                app.UseRequestTimeouts();
            app.UseQueuedAdmission();
            app.Map("/", gate.PassAsync).WithQueue("q").WithRequestTimeout(TimeSpan.FromHours(1));
        }

        void Services(IServiceCollection services) => services.AddRequestTimeouts();
    }

    private static async Task ReplaceTokenAsync(HttpContext context, RequestDelegate next)
    {
        var before = context.RequestAborted;
        using var own = CancellationTokenSource.CreateLinkedTokenSource(before);
        context.RequestAborted = own.Token;
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = before;
        }
    }
}

using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class LeavingTests
{
    [Theory]
    [InlineData(Transport.TestServer, false)]
    [InlineData(Transport.Http1, false)]
    [InlineData(Transport.Http2, false)]
    [InlineData(Transport.Http1, true)]
    public async Task Client_WhoLeavesWhileWaiting_FreesThePlaceAndIsNeverRun(Transport transport, bool requestTimeouts)
    {
        var gate = new Gate();
        var watch = new StatusWatch();
        await using var app = await StartAsync(transport, gate, watch, requestTimeouts);
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        using var client = new CancellationTokenSource();
        var leaving = Send(app, transport, client.Token);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);
        app.Log.Clear();

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await watch.SawAsync(1);
        Assert.Equal(["499"], watch.Ends);
        var snapshot = queue.GetSnapshot();
        Assert.Equal((1, 0, 1L), (snapshot.Running, snapshot.Waiting, snapshot.Abandoned));
        Assert.Empty(LoggedNoise.In(app.Log));
        occupied.Dispose();
        gate.LetOut();
        (await Send(app, transport, TestContext.Current.CancellationToken)).Dispose();
        Assert.Equal(1, gate.Entered);
        await Books.BalanceAsync(queue, ran: 2, abandoned: 1);
    }

    [Fact]
    public async Task Client_WhoResetsAStreamUnderARequestTimeout_LeavesNoNoise()
    {
        // Nobody can tell a reset stream of HTTP/2 from the timeout, so the cancellation goes up to the one who can.
        var gate = new Gate();
        var watch = new StatusWatch();
        await using var app = await StartAsync(Transport.Http2, gate, watch, requestTimeouts: true);
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        using var client = new CancellationTokenSource();
        var leaving = Send(app, Transport.Http2, client.Token);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);
        app.Log.Clear();

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await watch.SawAsync(1);
        occupied.Dispose();
        gate.LetOut();
        (await Send(app, Transport.Http2, TestContext.Current.CancellationToken)).Dispose();
        Assert.Empty(LoggedNoise.In(app.Log));
        await Books.BalanceAsync(queue, ran: 2, abandoned: 1);
    }

    [Fact]
    public async Task Client_WhoLeavesWithASmallUnreadBody_FreesThePlaceAtOnce()
    {
        await using var app = await StartAsync(Transport.Http1, new Gate(), new StatusWatch(), requestTimeouts: false);
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        var socket = await UploadAsync(app, announced: 900_000, sent: 800_000);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);

        socket.Dispose();

        await Eventually.TrueAsync(() => queue.GetSnapshot() is { Waiting: 0, Abandoned: 1 });
    }

    [Fact]
    public async Task Client_WhoLeavesWithALargeUnreadBody_KeepsThePlaceUntilItsTimeIsOver()
    {
        // Kestrel stops reading a connection when 1 MB of it is unread, so it cannot see the end behind that.
        await using var app = await StartAsync(Transport.Http1, new Gate(), new StatusWatch(), requestTimeouts: false);
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        var socket = await UploadAsync(app, announced: 9_000_000, sent: 1_500_000);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);

        socket.Dispose();
        // Time enough for a server that does see it: another client comes and goes on the same server.
        using var another = new CancellationTokenSource();
        var leaving = await app.GetAndWaitInLineAsync("/", queue, another.Token);
        await another.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Abandoned == 1);
        app.Clock.Advance(TimeSpan.FromSeconds(10));

        await Eventually.TrueAsync(() => queue.GetSnapshot() is { Waiting: 0, Abandoned: 1, Rejected: 1 });
    }

    private static Task<HttpResponseMessage> Send(TestApp app, Transport transport, CancellationToken cancellationToken) =>
        (transport == Transport.Http2 ? app.Http2 : app.Client).GetAsync("/", cancellationToken);

    private static async Task<Socket> UploadAsync(TestApp app, int announced, int sent)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(app.Http1Address, TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {announced}\r\n\r\n"), TestContext.Current.CancellationToken);
        await socket.SendAsync(new byte[sent], TestContext.Current.CancellationToken);
        return socket;
    }

    private static Task<TestApp> StartAsync(Transport transport, Gate gate, StatusWatch watch, bool requestTimeouts)
    {
        return transport == Transport.TestServer
            ? TestApp.StartAsync("Queues:q:Workers=1", Configure, Services)
            : TestApp.StartKestrelAsync("Queues:q:Workers=1", Configure, Services);

        void Configure(WebApplication app)
        {
            watch.Use(app);
            app.UseRouting();
            if (requestTimeouts)
                app.UseRequestTimeouts();
            app.UseQueuedAdmission();
            app.Map("/", gate.PassAsync).WithQueue("q").WithRequestTimeout(TimeSpan.FromHours(1));
        }

        void Services(IServiceCollection services) => services.AddRequestTimeouts();
    }
}

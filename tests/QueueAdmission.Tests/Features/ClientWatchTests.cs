using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Doubles;

namespace QueueAdmission;

/// <summary>Verifies what a queue with one worker learns about clients that leave while their requests run.</summary>
public sealed class ClientWatchTests
{
    [Theory]
    [InlineData(Transport.Http1)]
    [InlineData(Transport.Http2)]
    public async Task Client_WhoLeavesWhileItsRequestRunsAfterAWait_CountsAsWastedWork(Transport transport)
    {
        var gate = new Gate();
        var left = new TaskCompletionSource();
        await using var app = await StartAsync(async context =>
        {
            using var _ = context.RequestAborted.Register(left.SetResult);
            await gate.PassAsync(context);
        });
        var queue = app.Queue("q");
        using var client = new CancellationTokenSource();
        var running = await WaitAndRunAsync(app, queue, gate, transport, client.Token);

        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await left.Task;
        Assert.Equal(0, queue.GetSnapshot().Patience!.Wasted);
        gate.LetOut();

        await Books.BalanceAsync(queue, ran: 2);
        var patience = queue.GetSnapshot().Patience!;
        Assert.Equal((1L, PatienceState.Learning), (patience.Wasted, patience.State));
    }

    [Fact]
    public async Task Client_WhoStays_WastesNothing()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate.PassAsync);
        var queue = app.Queue("q");
        var running = await WaitAndRunAsync(app, queue, gate, Transport.Http1, TestContext.Current.CancellationToken);

        gate.LetOut();
        (await running).Dispose();

        await Books.BalanceAsync(queue, ran: 2);
        Assert.Equal(
            (0L, PatienceState.NeverSeenLeaving),
            (queue.GetSnapshot().Patience!.Wasted, queue.GetSnapshot().Patience!.State));
    }

    [Fact]
    public async Task Client_WhoseRequestDidNotWait_IsNotLookedAt()
    {
        var gate = new Gate();
        var left = new TaskCompletionSource();
        await using var app = await StartAsync(async context =>
        {
            using var _ = context.RequestAborted.Register(left.SetResult);
            await gate.PassAsync(context);
        });
        using var client = new CancellationTokenSource();
        var running = app.Client.GetAsync("/", client.Token);
        await gate.EnteredAsync(1);

        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await left.Task;
        gate.LetOut();

        await Books.BalanceAsync(app.Queue("q"), ran: 1);
        Assert.Equal(0, app.Queue("q").GetSnapshot().Patience!.Wasted);
    }

    [Fact]
    public async Task Client_WhoLeavesAfterTheResponseStarted_GotWhatItWaitedFor()
    {
        var gate = new Gate();
        var left = new TaskCompletionSource();
        await using var app = await StartAsync(async context =>
        {
            using var _ = context.RequestAborted.Register(left.SetResult);
            await context.Response.Body.FlushAsync(TestContext.Current.CancellationToken);
            await gate.PassAsync(context);
        });
        var queue = app.Queue("q");
        using var client = new CancellationTokenSource();
        using var occupied = queue.TryEnter();
        var running = app.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, client.Token);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        occupied.Dispose();
        var response = await running;
        await gate.EnteredAsync(1);

        response.Dispose();
        await client.CancelAsync();
        await left.Task;
        gate.LetOut();

        await Books.BalanceAsync(queue, ran: 2);
        Assert.Equal(0, queue.GetSnapshot().Patience!.Wasted);
    }

    [Fact]
    public async Task Client_WhoLeavesAfterTheWorkerWasGivenBack_WastesNothing()
    {
        var gate = new Gate();
        var left = new TaskCompletionSource();
        await using var app = await StartAsync(async context =>
        {
            using var _ = context.RequestAborted.Register(left.SetResult);
            context.ReleaseWorker();
            await gate.PassAsync(context);
        });
        var queue = app.Queue("q");
        using var client = new CancellationTokenSource();
        var running = await WaitAndRunAsync(app, queue, gate, Transport.Http1, client.Token);

        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await left.Task;
        gate.LetOut();

        await Books.BalanceAsync(queue, ran: 2);
        Assert.Equal(0, queue.GetSnapshot().Patience!.Wasted);
    }

    [Fact]
    public async Task SwitchedOff_NothingIsLookedAt()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate.PassAsync, "false");
        var queue = app.Queue("q");

        Assert.Null(queue.GetSnapshot().Patience);
        Assert.False(queue.Engine.Feedback.LearnsPatience);
    }

    /// <summary>Sends a request that waits for a second and then runs.</summary>
    private static async Task<Task<HttpResponseMessage>> WaitAndRunAsync(
        TestApp app, JobQueue queue, Gate gate, Transport transport, CancellationToken client)
    {
        using var occupied = queue.TryEnter();
        var running = (transport == Transport.Http2 ? app.Http2 : app.Client).GetAsync("/", client);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        occupied.Dispose();
        await gate.EnteredAsync(1);
        return running;
    }

    private static Task<TestApp> StartAsync(RequestDelegate handler, string adaptive = "true") =>
        TestApp.StartKestrelAsync(
        $"Queues:q:Workers=1 Queues:q:AdaptiveMaxWait={adaptive}",
        app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", handler).WithQueue("q");
        });
}

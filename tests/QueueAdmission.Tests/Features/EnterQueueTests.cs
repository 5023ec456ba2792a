using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission;

public sealed class EnterQueueTests
{
    private const string Settings = "Queues:model:Workers=1 Queues:model:PartitionCapacity=1 Queues:outer:Workers=2";

    [Fact]
    public async Task EnterQueue_WithAFreeWorker_HoldsItUntilTheLeaseIsDisposed()
    {
        var gate = new Gate();
        await using var app = await StartAsync(async context =>
        {
            using (var lease = await context.EnterQueueAsync("MODEL"))
            {
                Assert.True(lease.IsAdmitted);
                await gate.PassAsync(context);
            }
            await gate.PassAsync(context);
        });
        var queue = app.Queue("model");
        var response = app.GetAsync("/");
        await gate.EnteredAsync(1);
        Assert.Equal(1, queue.GetSnapshot().Running);

        gate.LetOut();
        await gate.EnteredAsync(2);

        Assert.Equal(0, queue.GetSnapshot().Running);
        gate.LetOut();
        (await response).Dispose();
        await Books.BalanceAsync(queue, ran: 1);
    }

    [Fact]
    public async Task EnterQueue_WithNoFreeWorker_WaitsForOne()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var queue = app.Queue("model");
        var running = app.GetAsync("/");
        await gate.EnteredAsync(1);
        var waiting = await app.GetAndWaitInLineAsync("/", queue);

        gate.LetOut();
        await gate.EnteredAsync(2);

        gate.LetOut();
        Assert.All(
            await Task.WhenAll(running, waiting), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(1, gate.MaxInside);
        await Books.BalanceAsync(queue, ran: 2);
    }

    [Fact]
    public async Task EnterQueue_WithAWeight_TakesThatManyWorkersOrAllThereAre()
    {
        var gate = new Gate();
        await using var app = await StartAsync(async context =>
        {
            using var lease =
                await context.EnterQueueAsync("model", weight: context.Request.Query["weight"] == "3" ? 3 : 1);
            await gate.PassAsync(context);
        });
        var queue = app.Queue("model");
        queue.Update(settings => settings.Workers = 2);
        var heavy = app.GetAsync("/?weight=3");
        await gate.EnteredAsync(1);

        Assert.Equal(2, queue.GetSnapshot().WorkersInUse);
        var light = await app.GetAndWaitInLineAsync("/", queue);
        gate.LetOut(2);
        Assert.All(await Task.WhenAll(heavy, light), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(queue, ran: 2);
    }

    [Fact]
    public async Task EnterQueue_WithAPriority_GoesBeforeThoseOfALowerOne()
    {
        var gate = new Gate();
        await using var app = await StartAsync(async context =>
        {
            using var lease = await context.EnterQueueAsync(
                "model", context.Request.Query["id"] == "high" ? JobPriority.High : JobPriority.Normal);
            await gate.PassAsync(context);
        });
        var queue = app.Queue("model");
        queue.Update(settings => settings.PartitionCapacity = 2);
        var running = app.GetAsync("/?id=running");
        await gate.EnteredAsync(1);
        var normal = await app.GetAndWaitInLineAsync("/?id=normal", queue);
        var high = await app.GetAndWaitInLineAsync("/?id=high", queue);

        gate.LetOut();
        await gate.EnteredAsync(2);

        Assert.Equal(["running", "high"], gate.Order);
        gate.LetOut(2);
        await Task.WhenAll(running, normal, high);
        await Books.BalanceAsync(queue, ran: 3);
    }

    [Fact]
    public async Task EnterQueue_WithAWeightBelowOne_Throws()
    {
        await using var app = await StartAsync(async context => await context.EnterQueueAsync("model", weight: 0));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => app.GetAsync("/"));
    }

    [Fact]
    public async Task EnterQueue_WhenRefused_HasWrittenTheRejection()
    {
        await using var app = await StartAsync(new Gate());
        app.Queue("model").Update(settings => settings.PartitionCapacity = 0);
        using var occupied = app.Queue("model").TryEnter();

        using var refused = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        var body = await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("queue_full", body, StringComparison.Ordinal);
        Assert.Contains("\"model\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnterQueue_WhenRefusedAfterTheResponseStarted_LeavesItAlone()
    {
        await using var app = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("begun");
            using var lease = await context.EnterQueueAsync("model");
            await context.Response.WriteAsync(lease.IsAdmitted ? " admitted" : " refused");
        });
        app.Queue("model").Update(settings => settings.PartitionCapacity = 0);
        using var occupied = app.Queue("model").TryEnter();

        Assert.Equal("begun refused", await app.GetStringAsync("/"));
    }

    [Fact]
    public async Task EnterQueue_OfUnknownQueue_ThrowsAndSaysWhatToDo()
    {
        await using var app = await StartAsync(async context =>
        {
            using var lease = await context.EnterQueueAsync("gpt-large");
        });

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => app.GetAsync("/"));

        Assert.Contains("'gpt-large'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("model", exception.Message, StringComparison.Ordinal);
        Assert.Contains("\"Queues\": { \"gpt-large\": ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model", "admitted model")]
    [InlineData("MODEL", "admitted model")]
    [InlineData("gpt-large", "unknown")]
    public async Task EnterQueue_FoundByTryGet_NeverThrowsForAName(string name, string answer)
    {
        await using var app = await StartAsync(async context =>
        {
            if (!JobQueueRegistry.For(context.RequestServices).TryGet(context.Request.Query["model"]!, out var queue))
            {
                await context.Response.WriteAsync("unknown");
                return;
            }
            using var lease = await context.EnterQueueAsync(queue);
            await context.Response.WriteAsync($"{(lease.IsAdmitted ? "admitted" : "refused")} {queue.Name}");
            Assert.Equal(1, queue.GetSnapshot().Running);
        });

        Assert.Equal(answer, await app.GetStringAsync($"/?model={name}"));
    }

    [Fact]
    public async Task EnterQueue_FoundBeforeItWasRemoved_IsRefusedAsDraining()
    {
        TestApp? started = null;
        await using var app = started = await StartAsync(async context =>
        {
            Assert.True(started!.Queues.TryGet("model", out var queue));
            started.Remove("Queues:model");
            Assert.False(started.Queues.TryGet("model", out _));
            using var lease = await context.EnterQueueAsync(queue);
            Assert.False(lease.IsAdmitted);
        });

        using var response = await app.GetAsync("/");

        await QueueAssert.RefusedAsync(
            response, RejectionReason.Draining, cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task EnterQueue_OfAnotherApplication_Throws()
    {
        using var stranger = new JobQueue(new JobQueueOptions(), name: "model");
        await using var app = await StartAsync(async context =>
        {
            using var lease = await context.EnterQueueAsync(stranger);
        });

        await Assert.ThrowsAsync<ArgumentException>(() => app.GetAsync("/"));
    }

    [Fact]
    public async Task EnterQueue_WhenTheClientLeavesWhileWaiting_ThrowsOperationCanceled()
    {
        var thrown = new TaskCompletionSource<Exception>();
        await using var app = await StartAsync(async context =>
        {
            try
            {
                using var lease = await context.EnterQueueAsync("model");
            }
            catch (Exception exception)
            {
                thrown.SetResult(exception);
                throw;
            }
        });
        var queue = app.Queue("model");
        using var occupied = queue.TryEnter();
        using var client = new CancellationTokenSource();
        var waiting = await app.GetAndWaitInLineAsync("/", queue, client.Token);

        await client.CancelAsync();

        Assert.IsType<OperationCanceledException>(
            await thrown.Task.WaitAsync(TestContext.Current.CancellationToken), exactMatch: false);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal((0, 1L), (queue.GetSnapshot().Waiting, queue.GetSnapshot().Abandoned));
    }

    [Fact]
    public async Task EnterQueue_BehindTheEndpointsOwnQueue_HoldsAWorkerOfBoth()
    {
        var gate = new Gate();
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", async context =>
            {
                using var lease = await context.EnterQueueAsync("model");
                Assert.Equal("outer", QueueReport.Of(context));
                await gate.PassAsync(context);
            }).WithQueue("outer");
        });
        var response = app.GetAsync("/");
        await gate.EnteredAsync(1);

        Assert.Equal((1, 1), (app.Queue("outer").GetSnapshot().Running, app.Queue("model").GetSnapshot().Running));
        gate.LetOut();
        (await response).Dispose();
        await Books.BalanceAsync(app.Queue("outer"), ran: 1);
        await Books.BalanceAsync(app.Queue("model"), ran: 1);
    }

    [Theory]
    [InlineData("endpoint")]
    [InlineData("lease")]
    public async Task EnterQueue_OfWhichTheRequestHoldsAWorker_IsAdmittedOnThatWorker(string heldBy)
    {
        var gate = new Gate();
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/endpoint", EnterAgainAsync).WithQueue("model");
            app.MapGet("/lease", async context =>
            {
                using var outer = await context.EnterQueueAsync("model");
                await EnterAgainAsync(context);
            });
        });
        async Task EnterAgainAsync(HttpContext context)
        {
            using (var again = await context.EnterQueueAsync("model", weight: 3))
            {
                Assert.True(again.IsAdmitted);
            }
            await gate.PassAsync(context);
        }
        var queue = app.Queue("model");

        var first = app.GetAsync("/" + heldBy);
        await gate.EnteredAsync(1);

        Assert.Equal(1, queue.GetSnapshot().WorkersInUse);
        var second = await app.GetAndWaitInLineAsync("/" + heldBy, queue);
        gate.LetOut(2);
        Assert.All(await Task.WhenAll(first, second), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(queue, ran: 2);
    }

    [Fact]
    public async Task EnterQueue_AfterTheRequestGaveItsWorkerBack_TakesAnother()
    {
        var gate = new Gate();
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", async context =>
            {
                Assert.True(context.ReleaseWorker());
                using (await context.EnterQueueAsync("model"))
                {
                }
                using var lease = await context.EnterQueueAsync("model");
                await gate.PassAsync(context);
            }).WithQueue("model");
        });

        var response = app.GetAsync("/");
        await gate.EnteredAsync(1);

        Assert.Equal(1, app.Queue("model").GetSnapshot().Running);
        gate.LetOut();
        (await response).Dispose();
        await Books.BalanceAsync(app.Queue("model"), ran: 3);
    }

    private static Task<TestApp> StartAsync(Gate gate) => StartAsync(async context =>
    {
        using var lease = await context.EnterQueueAsync("model");
        if (lease.IsAdmitted)
            await gate.PassAsync(context);
    });

    private static Task<TestApp> StartAsync(RequestDelegate handler) => TestApp.StartAsync(Settings, app =>
    {
        app.UseQueuedAdmission();
        app.MapGet("/", handler);
    });
}

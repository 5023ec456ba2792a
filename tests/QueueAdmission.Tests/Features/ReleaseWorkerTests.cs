using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class ReleaseWorkerTests
{
    [Fact]
    public async Task ReleaseWorker_InHandler_LetsTheNextStartAtOnce()
    {
        var gate = new Gate();
        bool? first = null, second = null, holds = null;
        await using var app = await StartAsync(context =>
        {
            first = context.ReleaseWorker();
            second = context.ReleaseWorker();
            holds = context.Features.Get<IQueueFeature>()!.HoldsWorker;
            return gate.PassAsync(context);
        });

        var responses = new[] { app.GetAsync("/"), app.GetAsync("/"), app.GetAsync("/") };
        await gate.EnteredAsync(3);

        Assert.Equal((true, false, false), (first, second, holds));
        Assert.Equal(0, app.Queue("q").GetSnapshot().Running);
        gate.LetOut(3);
        await Task.WhenAll(responses);
        await Books.BalanceAsync(app.Queue("q"), ran: 3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReleaseWorker_FromManyBranchesAtOnce_ReleasesOnce(bool afterWaiting)
    {
        var gate = new Gate();
        var released = 0;
        await using var app = await StartAsync(async context =>
        {
            if (context.Request.Query.ContainsKey("branches"))
                await Parallel.ForAsync(0, 64, context.RequestAborted, (_, _) =>
                {
                    if (context.ReleaseWorker())
                        Interlocked.Increment(ref released);
                    return ValueTask.CompletedTask;
                });
            else
                await gate.PassAsync(context);
        });
        var queue = app.Queue("q");
        var occupying = afterWaiting ? app.GetAsync("/") : Task.CompletedTask;
        if (afterWaiting)
            await gate.EnteredAsync(1);
        var branching =
            afterWaiting ? await app.GetAndWaitInLineAsync("/?branches", queue) : app.GetAsync("/?branches");
        gate.LetOut();
        await occupying;
        await branching;

        Assert.Equal(1, released);
        await Books.BalanceAsync(queue, ran: afterWaiting ? 2 : 1);
        AssertOneWorkerIsFree(queue);
    }

    [Fact]
    public async Task ReleaseWorker_AfterWaiting_LetsTheNextStartAtOnce()
    {
        var gate = new Gate();
        await using var app = await StartAsync(context =>
        {
            if (context.Features.Get<IQueueFeature>()!.WaitersAhead == 0
                && context.Request.Query.ContainsKey("release"))
            {
                Assert.True(context.ReleaseWorker());
            }
            return gate.PassAsync(context);
        });
        var queue = app.Queue("q");
        var running = app.GetAsync("/");
        await gate.EnteredAsync(1);
        var releasing = await app.GetAndWaitInLineAsync("/?release", queue);
        var last = await app.GetAndWaitInLineAsync("/", queue);

        gate.LetOut();
        await gate.EnteredAsync(3);

        gate.LetOut(2);
        await Task.WhenAll(running, releasing, last);
        await Books.BalanceAsync(queue, ran: 3);
        AssertOneWorkerIsFree(queue);
    }

    [Fact]
    public async Task ReleaseWorker_BeforeTheHandlerThrows_ReleasesOnce()
    {
        await using var app = await StartAsync(context =>
        {
            context.ReleaseWorker();
            throw new InvalidTimeZoneException();
        });

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => app.GetAsync("/"));

        await Books.BalanceAsync(app.Queue("q"), ran: 1);
        AssertOneWorkerIsFree(app.Queue("q"));
    }

    [Fact]
    public async Task ReleaseWorker_OfRequestThatIsNotQueued_ReleasesNothing()
    {
        bool? released = null;
        await using var app = await TestApp.StartAsync("", app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", context =>
            {
                released = context.ReleaseWorker();
                return Task.CompletedTask;
            });
        });

        (await app.GetAsync("/")).Dispose();

        Assert.False(released);
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("async")]
    public async Task ReleaseWorker_ByMiddlewareAfterTheHandlerEnded_ReleasesNothing(string handler)
    {
        bool? released = null;
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.Use(async (context, next) =>
            {
                await next();
                released = context.ReleaseWorker();
            });
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/sync", _ => Task.CompletedTask).WithQueue("q");
            app.MapGet("/async", async _ => await Task.Yield()).WithQueue("q");
        });

        (await app.GetAsync($"/{handler}")).Dispose();

        Assert.False(released);
        await Books.BalanceAsync(app.Queue("q"), ran: 1);
        AssertOneWorkerIsFree(app.Queue("q"));
    }

    private static Task<TestApp> StartAsync(RequestDelegate handler) => TestApp.StartAsync("Queues:q:Workers=1", app =>
    {
        app.UseQueuedAdmission();
        app.MapGet("/", handler).WithQueue("q");
    });

    private static void AssertOneWorkerIsFree(JobQueue queue)
    {
        using var one = queue.TryEnter();
        using var another = queue.TryEnter();
        Assert.Equal((true, false), (one.IsAdmitted, another.IsAdmitted));
    }
}

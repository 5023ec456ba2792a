using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class ReleaseOnTests
{
    [Fact]
    public async Task StreamedAnswer_WithReleaseOnResponseStart_GivesItsWorkerBackWithTheFirstByte()
    {
        var gate = new Gate();
        await using var app = await StartAsync("ResponseStart", gate);

        using var response = await app.Client.GetAsync(
            "/stream", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await gate.EnteredAsync(1);

        Assert.Equal(0, app.Queue("q").GetSnapshot().Running);
        gate.LetOut();
        Assert.Equal("firstlast", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Books.BalanceAsync(app.Queue("q"), ran: 1);
        AssertOneWorkerIsFree(app.Queue("q"));
    }

    [Theory]
    [InlineData("End")]
    [InlineData(null)]
    public async Task StreamedAnswer_WithReleaseOnEnd_KeepsItsWorker(string? releaseOn)
    {
        var gate = new Gate();
        await using var app = await StartAsync(releaseOn, gate);

        using var response = await app.Client.GetAsync(
            "/stream", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await gate.EnteredAsync(1);

        Assert.Equal(1, app.Queue("q").GetSnapshot().Running);
        gate.LetOut();
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await Books.BalanceAsync(app.Queue("q"), ran: 1);
    }

    [Fact]
    public async Task StreamedAnswer_WithReleaseOnResponseStartAfterWaiting_GivesItsWorkerBack()
    {
        var gate = new Gate();
        await using var app = await StartAsync("ResponseStart", gate);
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        var waiting = await app.GetAndWaitInLineAsync("/stream", queue);

        occupied.Dispose();
        await gate.EnteredAsync(1);

        Assert.Equal(0, queue.GetSnapshot().Running);
        gate.LetOut();
        (await waiting).Dispose();
        await Books.BalanceAsync(queue, ran: 2);
        AssertOneWorkerIsFree(queue);
    }

    [Fact]
    public async Task EmptyAnswer_WithReleaseOnResponseStart_GivesItsWorkerBackOnce()
    {
        // An empty response starts only after the whole pipeline has ended.
        await using var app = await StartAsync("ResponseStart", new Gate());

        (await app.GetAsync("/empty")).Dispose();

        await Books.BalanceAsync(app.Queue("q"), ran: 1);
        AssertOneWorkerIsFree(app.Queue("q"));
    }

    [Fact]
    public async Task ErrorPage_AfterHandlerWithReleaseOnResponseStartThrew_GivesNoWorkerBackAgain()
    {
        await using var app = await StartAsync("ResponseStart", new Gate(), app => app.UseExceptionHandler("/error"));

        Assert.Equal(
            "error page",
            await (await app.GetAsync("/throw")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        await Books.BalanceAsync(app.Queue("q"), ran: 1);
        AssertOneWorkerIsFree(app.Queue("q"));
    }

    [Fact]
    public async Task Answer_StartedBeforeTheQueueWithReleaseOnResponseStart_HoldsNoWorker()
    {
        var gate = new Gate();
        await using var app = await StartAsync("ResponseStart", gate, app => app.Use(async (context, next) =>
        {
            await context.Response.WriteAsync("before ");
            await next();
        }));

        using var response = await app.Client.GetAsync(
            "/stream", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await gate.EnteredAsync(1);

        Assert.Equal(0, app.Queue("q").GetSnapshot().Running);
        gate.LetOut();
        Assert.Equal(
            "before firstlast", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Books.BalanceAsync(app.Queue("q"), ran: 1);
    }

    private static Task<TestApp> StartAsync(string? releaseOn, Gate gate, Action<WebApplication>? before = null) =>
        TestApp.StartAsync("Queues:q:Workers=1" + (releaseOn is null ? "" : $" Queues:q:ReleaseOn={releaseOn}"), app =>
        {
            before?.Invoke(app);
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/stream", async context =>
            {
                await context.Response.WriteAsync("first");
                await context.Response.Body.FlushAsync();
                await gate.PassAsync(context);
                await context.Response.WriteAsync("last");
            }).WithQueue("q");
            app.MapGet("/empty", async _ => await Task.Yield()).WithQueue("q");
            app.MapGet("/throw", _ => throw new InvalidTimeZoneException()).WithQueue("q");
            app.MapGet("/error", context => context.Response.WriteAsync("error page"));
        });

    private static void AssertOneWorkerIsFree(JobQueue queue)
    {
        using var one = queue.TryEnter();
        using var another = queue.TryEnter();
        Assert.Equal((true, false), (one.IsAdmitted, another.IsAdmitted));
    }
}

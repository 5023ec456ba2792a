using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

/// <summary>
/// Verifies what happens when a request passes the middleware again: for an error page, or in a nested pass.
/// </summary>
public sealed class SecondPassTests
{
    private const string Settings = "FallbackQueue=q Queues:q:Workers=1 Queues:q:PartitionCapacity=1";

    [Theory]
    [InlineData("/throw", "/error")]
    [InlineData("/missing", "/status")]
    [InlineData("/nowhere", "/status")]
    [InlineData("/exempt", "/error")]
    public async Task ErrorPage_OfAQueue_RunsOnAWorkerOfItsOwn(string path, string page)
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var queue = app.Queue("q");
        var occupying = app.GetAsync("/occupy");
        await gate.EnteredAsync(1);
        queue.Update(settings => settings.Workers = 2);
        var pages = app.GetAsync(path);
        await gate.EnteredAsync(2);

        var refused = await app.GetAndWaitInLineAsync(path, queue);
        using var tooMany = await app.GetAsync(path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, tooMany.StatusCode);
        Assert.Equal(2, gate.Inside);
        gate.LetOut(4);
        using var shown = await pages;
        Assert.Equal(page, await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (await refused).Dispose();
        (await occupying).Dispose();
        Assert.Equal(2, gate.MaxInside);
    }

    [Fact]
    public async Task ErrorPage_ManyAtOnceOfAnEndpointThatFailsFast_NeverExceedTheWorkers()
    {
        var gate = new Gate();
        await using var app = await StartAsync(gate);
        var queue = app.Queue("q");
        queue.Update(settings => (settings.Workers, settings.PartitionCapacity) = (2, 100));

        var answers = Enumerable.Range(0, 30).Select(_ => app.GetAsync("/throw")).ToArray();
        for (var shown = 1; shown <= 30; shown++)
        {
            await gate.EnteredAsync(shown);
            gate.LetOut();
        }
        await Task.WhenAll(answers);

        Assert.InRange(gate.MaxInside, 1, 2);
        await Books.BalanceAsync(queue, ran: 60);
    }

    [Fact]
    public async Task StatusPage_OfARefusalWithoutABody_MeetsItsQueueAgain()
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseStatusCodePagesWithReExecute("/status");
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", () => "handler");
            app.MapGet("/status", () => "status page");
            app.MapGet("/free", () => "free").DisableQueue();
        }, services => services.AddQueuedAdmission(options => options.OnRejected = rejected =>
        {
            rejected.HttpContext.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return ValueTask.CompletedTask;
        }));
        var queue = app.Queue("q");
        queue.Update(settings => settings.PartitionCapacity = 0);
        using var occupied = queue.TryEnter();

        using var response = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        occupied.Dispose();
        await Books.BalanceAsync(queue, ran: 1, rejected: 2);
    }

    [Theory]
    [InlineData("/", "text/html", "q is busy: queue_full")]
    [InlineData("/enters", "text/html", "q is busy: queue_full")]
    [InlineData("/", "application/json", null)]
    public async Task StatusPage_OfTheApplication_ReplacesTheBuiltInPage(string path, string accept, string? shown)
    {
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1 Queues:q:PartitionCapacity=0", app =>
        {
            app.UseStatusCodePagesWithReExecute("/busy");
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", () => "handler").WithQueue("q");
            app.MapGet("/enters", async (HttpContext context) => (await context.EnterQueueAsync("q")).Dispose());
            app.MapGet("/busy", (HttpContext context) =>
            {
                var rejection = context.Features.Get<IQueueRejectionFeature>()!;
                return $"{rejection.QueueName} is busy: {rejection.Reason.ToWireName()}";
            }).DisableQueue();
        }, services => services.AddQueuedAdmission(options => options.RejectionWriters =
        [
            RejectionWriter.ForFormat(RejectionFormat.Page, _ => ValueTask.CompletedTask),
        ]));
        using var occupied = app.Queue("q").TryEnter();
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.True(response.Headers.CacheControl!.NoStore);
        if (shown is not null)
            Assert.Equal(shown, body);
        else
            Assert.Contains("\"reason\":\"queue_full\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusPage_OfStatusOnly_IsShownToAllClients()
    {
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1 Queues:q:PartitionCapacity=0", app =>
        {
            app.UseStatusCodePages("text/plain", "Status {0}");
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", () => "handler").WithQueue("q");
        }, services => services.AddQueuedAdmission(o =>
            o.AddQueue("q", q => q.RejectionWriters = [RejectionWriter.StatusOnly])));
        using var occupied = app.Queue("q").TryEnter();

        using var response = await app.GetAsync("/");

        Assert.Equal("Status 503", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ErrorPage_WithoutAQueue_IsShownWhileTheQueueIsFull()
    {
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1 Queues:q:PartitionCapacity=0", app =>
        {
            app.UseExceptionHandler("/error");
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/throw", _ => throw new InvalidTimeZoneException());
            app.MapGet("/error", () => "error page").DisableQueue();
        });
        using var occupied = app.Queue("q").TryEnter();

        using var response = await app.GetAsync("/throw");

        Assert.Equal("error page", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ErrorPage_ThatAsksToReleaseTheWorker_ReleasesNoOther()
    {
        bool? released = null;
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.UseExceptionHandler("/error");
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/throw", _ => throw new InvalidTimeZoneException()).WithQueue("q");
            app.MapGet("/error", context =>
            {
                released = context.ReleaseWorker();
                return Task.CompletedTask;
            });
        });

        (await app.GetAsync("/throw")).Dispose();

        Assert.False(released);
        await Books.BalanceAsync(app.Queue("q"), ran: 1);
    }

    [Fact]
    public async Task InnerPass_WhileTheOuterOneHoldsAWorker_GoesOnTheSameWorker()
    {
        await using var app = await StartNestedAsync((_, next) => next());
        using var response = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Books.BalanceAsync(app.Queue("q"), ran: 1);
    }

    [Fact]
    public async Task InnerPass_ThatOutlivesTheOuterOne_KeepsTheWorker()
    {
        var gate = new Gate();
        Task inner = Task.CompletedTask;
        await using var app = await StartNestedAsync((_, next) =>
        {
            inner = next();
            return Task.CompletedTask;
        }, gate);
        var queue = app.Queue("q");

        (await app.GetAsync("/")).Dispose();

        Assert.Equal((1, 1), (gate.Inside, queue.GetSnapshot().Running));
        gate.LetOut();
        await inner;
        await Books.BalanceAsync(queue, ran: 1);
    }

    [Fact]
    public async Task InnerPass_AfterAnEarlyRelease_TakesAWorkerOfItsOwn()
    {
        var gate = new Gate();
        await using var app = await StartNestedAsync((context, next) =>
        {
            Assert.True(context.ReleaseWorker());
            return next();
        }, gate);
        var queue = app.Queue("q");
        var first = app.GetAsync("/");
        await gate.EnteredAsync(1);

        var second = app.GetAsync("/");
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == 1);

        Assert.Equal(1, gate.Inside);
        gate.LetOut(2);
        (await first).Dispose();
        (await second).Dispose();
        // Each request ran twice: once until its early release, and once in the inner pass.
        await Books.BalanceAsync(queue, ran: 4);
    }

    [Fact]
    public async Task InnerPass_OfARequestThatEnteredTheQueueByALease_GoesOnThatWorker()
    {
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.UseRouting();
            app.Use(async (context, next) =>
            {
                using var lease = await context.EnterQueueAsync("q");
                await next();
            });
            app.UseQueuedAdmission();
            app.MapGet("/", () => "").WithQueue("q");
        });

        using var response = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Books.BalanceAsync(app.Queue("q"), ran: 1);
    }

    private static Task<TestApp> StartNestedAsync(Func<HttpContext, Func<Task>, Task> between, Gate? gate = null) =>
        TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.Use((context, next) => between(context, () => next(context)));
            app.UseQueuedAdmission();
            app.MapGet("/", context => gate?.PassAsync(context) ?? Task.CompletedTask).WithQueue("q");
        });

    private static Task<TestApp> StartAsync(Gate gate)
    {
        async Task<string> Page(HttpContext context)
        {
            await gate.PassAsync(context);
            return context.Request.Path;
        }
        return TestApp.StartAsync(Settings, app =>
        {
            app.UseExceptionHandler("/error");
            app.UseStatusCodePagesWithReExecute("/status");
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/throw", _ => throw new InvalidTimeZoneException());
            app.MapGet("/exempt", _ => throw new InvalidTimeZoneException()).DisableQueue();
            app.MapGet("/missing", () => Results.NotFound());
            app.MapGet("/occupy", gate.PassAsync);
            app.MapGet("/error", (Delegate)Page);
            app.MapGet("/status", (Delegate)Page);
        });
    }
}

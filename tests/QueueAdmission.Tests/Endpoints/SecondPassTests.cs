using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class SecondPassTests
{
    private const string Settings = "FallbackQueue=q Queues:q:Workers=1 Queues:q:PartitionCapacity=1";

    [Theory]
    [InlineData("/throw", "/error")]
    [InlineData("/missing", "/status")]
    public async Task ErrorPage_WhenTheQueueIsFull_IsShownWithoutWaiting(string path, string page)
    {
        Gate failing = new(), occupying = new();
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseExceptionHandler("/error");
            app.UseStatusCodePagesWithReExecute("/status");
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/throw", async context =>
            {
                await failing.PassAsync(context);
                throw new InvalidTimeZoneException();
            });
            app.MapGet("/missing", async context =>
            {
                await failing.PassAsync(context);
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            });
            app.MapGet("/occupy", occupying.PassAsync);
            app.MapGet("/error", () => "/error");
            app.MapGet("/status", () => "/status");
        });
        var queue = app.Queue("q");
        var response = app.GetAsync(path);
        await failing.EnteredAsync(1);
        var next = await app.GetAndWaitInLineAsync("/occupy", queue);

        // The worker goes to the next in line, so the error page finds none.
        failing.LetOut();

        using var shown = await response;
        Assert.Equal(page, await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await occupying.EnteredAsync(1);
        Assert.Equal(0, queue.GetSnapshot().Waiting);
        occupying.LetOut();
        (await next).Dispose();
        await Books.BalanceAsync(queue, ran: 2);
    }

    [Fact]
    public async Task StatusPage_OfARefusalWithoutABody_IsShownWithoutWaiting()
    {
        await using var app = await TestApp.StartAsync(Settings, app =>
        {
            app.UseStatusCodePagesWithReExecute("/status");
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", () => "handler");
            app.MapGet("/status", () => "status page");
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
        Assert.Equal("status page", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        occupied.Dispose();
        await Books.BalanceAsync(queue, ran: 1, rejected: 1);
    }

    [Fact]
    public async Task ErrorPage_ThatAsksToReleaseTheWorker_ReleasesNobodyElses()
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
}

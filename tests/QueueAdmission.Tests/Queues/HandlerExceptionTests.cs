using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class HandlerExceptionTests
{
    public static TheoryData<string, bool> Ways =>
        new MatrixTheoryData<string, bool>(["sync", "async", "faulted", "cancelled", "sync-cancelled"], [false, true]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Exception_OfHandler_ReachesOuterMiddlewareAsTheSameObject(string way, bool afterWaiting)
    {
        var thrown = way.Contains("cancelled", StringComparison.Ordinal)
            ? new OperationCanceledException("stop")
            : new InvalidTimeZoneException() as Exception;
        Exception? caught = null;
        var wasCancelled = false;
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.Use(async (context, next) =>
            {
                Task? rest = null;
                try
                {
                    await (rest = next(context));
                }
                catch (Exception exception)
                {
                    caught = exception;
                    wasCancelled = rest is { IsCanceled: true };
                }
            });
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", _ => Throw(way, thrown)).WithQueue("q");
        });
        var queue = app.Queue("q");
        using var occupied = afterWaiting ? queue.TryEnter() : default;
        var response = afterWaiting ? await app.GetAndWaitInLineAsync("/", queue) : app.GetAsync("/");
        occupied.Dispose();
        (await response).Dispose();

        Assert.Same(thrown, caught);
        Assert.Equal(thrown is OperationCanceledException && (afterWaiting || way == "cancelled"), wasCancelled);
        await Books.BalanceAsync(queue, ran: afterWaiting ? 2 : 1);
        using var next = queue.TryEnter();
        Assert.True(next.IsAdmitted);
    }

    [Fact]
    public async Task Exception_AfterTheResponseStarted_RewritesNothing()
    {
        await using var app = await TestApp.StartKestrelAsync("Queues:q:Workers=1", app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", async context =>
            {
                await context.Response.WriteAsync("begun");
                await context.Response.Body.FlushAsync();
                throw new InvalidTimeZoneException();
            }).WithQueue("q");
        });

        using var response = await app.Client.GetAsync(
            "/", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)response.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(
            () => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Books.BalanceAsync(app.Queue("q"), ran: 1);
    }

    private static Task Throw(string way, Exception exception)
    {
        return way switch
        {
            "async" or "cancelled" => ThrowLaterAsync(),
            "faulted" => Task.FromException(exception),
            _ => throw exception,
        };

        async Task ThrowLaterAsync()
        {
            await Task.Yield();
            throw exception;
        }
    }
}

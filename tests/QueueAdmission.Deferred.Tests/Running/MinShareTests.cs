using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Running;

/// <summary>Verifies deferred jobs beside live requests that are always waiting.</summary>
public sealed class MinShareTests
{
    private const int Runs = 40;

    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("0.1", 3, 4)]
    [InlineData("0.25", 9, 10)]
    [InlineData("0.5", 19, 20)]
    public async Task Share_LiveRequestsWait_IsWhatDeferredJobsGet(string share, int least, int most)
    {
        var token = TestContext.Current.CancellationToken;
        var (entered, exit) = (Channel.CreateUnbounded<bool>(), new SemaphoreSlim(0));
        async Task HandleAsync(HttpContext context)
        {
            entered.Writer.TryWrite(context.Features.Get<IDeferredJobFeature>() is not null);
            await exit.WaitAsync(token);
        }
        await using var app = await DeferredApp.StartAsync(
            "Queues:posts:Workers=1 Queues:posts:MaxWait=01:00:00 Queues:posts:AdaptiveMaxWait=false "
            + $"Queues:posts:Deferred:MinShare={share}",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapGet("/live", HandleAsync).WithQueue("posts");
                app.MapPost("/posts", HandleAsync).WithQueue("posts").Defer();
            });
        var queue = app.Queue("posts");
        var live = Enumerable.Range(0, Runs + 1).Select(_ => app.SendAsync(HttpMethod.Get, "/live")).ToList();
        await Eventually.TrueAsync(() => queue.GetSnapshot() is { Running: 1, Waiting: Runs });
        for (var i = 0; i < Runs; i++)
            await app.AcceptAsync("/posts");

        // Each run takes one second. Before it ends, live requests and a deferred job are waiting again.
        var deferred = 0;
        for (var i = 0; i < Runs; i++)
        {
            deferred += await entered.Reader.ReadAsync(token) ? 1 : 0;
            await Eventually.TrueAsync(() => queue.GetSnapshot() is { Waiting: > 0, BackgroundWaiting: > 0 });
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            exit.Release();
        }
        exit.Release(3 * Runs);
        await Task.WhenAll(live);
        await app.RunAllAsync();

        Assert.InRange(deferred, least, most);
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Deferred.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Running;

public sealed class PurgeTests
{
    private const int Expired = 2_300;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_Expired_AreAllPurgedWithoutAnotherSleep()
    {
        StoreSpy? spy = null;
        await using var app = await StartAsync(store => spy = new StoreSpy(store));

        // The clock does not advance after this, so a thread that sleeps would not wake up.
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(() => spy!.Calls.Sum(call => call.Purged) == Expired);

        Assert.Equal(Expired, Assert.Single(await app.Jobs.ReadQueuesAsync()).Done);
    }

    [Fact]
    public async Task Jobs_EndWhileOthersArePurged_PurgeIsAsFastAsTheEnds()
    {
        StoreSpy? spy = null;
        await using var app = await StartAsync(store => spy = new StoreSpy(store));
        spy!.Calls.Clear();
        // There is always more work, so that the thread never sleeps.
        app.Queue("posts").Pause();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => app.AcceptAsync("/posts")));

        app.Clock.Advance(TimeSpan.FromMinutes(2));
        app.Queue("posts").Resume();
        await app.RunAllAsync();
        await Eventually.TrueAsync(() => spy.Calls.Sum(call => call.Purged) == Expired);

        var calls = spy.Calls.ToArray();
        var first = Array.FindIndex(calls, call => call.Purged > 0);
        var last = Array.FindLastIndex(calls, call => call.Purged > 0);
        Assert.All(Enumerable.Range(first, last - first), i => Assert.True(
            calls[first..(i + 2)].Sum(call => call.Purged) >= calls[first..(i + 1)].Sum(call => call.Ends),
            "More jobs had ended than were purged."));
    }

    /// <summary>Starts an application with jobs that ended one minute ago. Their retention is one minute.</summary>
    private static async Task<DeferredApp> StartAsync(Func<IJobStore, IJobStore> wrap)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-01-02T03:04:05Z", CultureInfo.InvariantCulture));
        var app = await DeferredApp.StartAsync(
            "Queues:posts:Workers=8 Queues:posts:Deferred:Retention=00:01:00",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapPost("/posts", () => { }).WithQueue("posts").Defer();
            },
            store: new InMemoryJobStore(clock),
            wrap: wrap,
            clock: clock);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Expired), Token, async (_, _) => await app.AcceptAsync("/posts"));
        await app.RunAllAsync();
        return app;
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class QueueFeatureTests
{
    [Fact]
    public async Task Feature_OfRequestAdmittedAtOnce_SaysSo()
    {
        (string, TimeSpan, int, bool) inside = default;
        bool? afterwards = null;
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.Use(async (context, next) =>
            {
                await next();
                afterwards = context.Features.Get<IQueueFeature>()!.HoldsWorker;
            });
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", context =>
            {
                inside = Read(context);
                return Task.CompletedTask;
            }).WithQueue("q");
        });

        (await app.GetAsync("/")).Dispose();

        Assert.Equal(("q", TimeSpan.Zero, 0, true), inside);
        Assert.False(afterwards);
    }

    [Fact]
    public async Task Feature_OfRequestThatWaited_TellsTimeAndPlaceOnArrival()
    {
        var gate = new Gate();
        var seen = new List<(string, TimeSpan, int, bool)>();
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", context =>
            {
                seen.Add(Read(context));
                return gate.PassAsync(context);
            }).WithQueue("q");
        });
        var queue = app.Queue("q");
        var responses = new List<Task<HttpResponseMessage>> { app.GetAsync("/") };
        await gate.EnteredAsync(1);
        responses.Add(await app.GetAndWaitInLineAsync("/", queue));
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        responses.Add(await app.GetAndWaitInLineAsync("/", queue));
        app.Clock.Advance(TimeSpan.FromSeconds(2));

        for (var entered = 2; entered <= 3; entered++)
        {
            gate.LetOut();
            await gate.EnteredAsync(entered);
        }
        gate.LetOut();
        await Task.WhenAll(responses);

        Assert.Equal(
            [
                ("q", TimeSpan.Zero, 0, true),
                ("q", TimeSpan.FromSeconds(3), 0, true),
                ("q", TimeSpan.FromSeconds(2), 1, true),
            ],
            seen);
    }

    private static (string Queue, TimeSpan Waited, int WaitersAhead, bool HoldsWorker) Read(HttpContext context)
    {
        var feature = context.Features.Get<IQueueFeature>()!;
        return (feature.Queue.Name, feature.Waited, feature.WaitersAhead, feature.HoldsWorker);
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission.Traits;

/// <summary>
/// Verifies that an exception of the application's delegate for a trait propagates up the pipeline, and that the
/// request takes neither a worker nor a place.
/// </summary>
public sealed class FailingTraitTests
{
    private readonly Gate _gate = new();

    public static TheoryData<string> Traits => ["PartitionBy", "PriorityFrom", "DeadlineFrom"];

    [Theory]
    [MemberData(nameof(Traits))]
    public async Task Request_NoWorkerIsFree_FailsAndTakesNoPlace(string trait)
    {
        var fails = false;
        await using var app = await StartAsync(trait, () => fails);
        var running = app.GetAsync("/");
        await _gate.EnteredAsync(1);
        var before = app.Queue("a").GetSnapshot();

        fails = true;
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => app.GetAsync("/"));

        Assert.Equal(Counts(before), Counts(app.Queue("a").GetSnapshot()));
        fails = false;
        _gate.LetOut();
        await running;
        _gate.LetOut();
        using var next = await app.GetAsync("/");
        Assert.Equal(200, (int)next.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Traits))]
    public async Task Enter_NoWorkerIsFree_FailsAndTakesNoPlace(string trait)
    {
        var fails = false;
        await using var app = await StartAsync(trait, () => fails);
        var running = app.GetAsync("/");
        await _gate.EnteredAsync(1);
        var before = app.Queue("a").GetSnapshot();

        fails = true;
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => app.GetAsync("/enter"));

        Assert.Equal(Counts(before), Counts(app.Queue("a").GetSnapshot()));
        _gate.LetOut();
        await running;
    }

    private static (long Arrived, int Running, int Waiting, long Rejected, long Abandoned) Counts(
        JobQueueSnapshot snapshot) =>
        (snapshot.Arrived, snapshot.Running, snapshot.Waiting, snapshot.Rejected, snapshot.Abandoned);

    private Task<TestApp> StartAsync(string trait, Func<bool> fails) => TestApp.StartAsync(
        "Queues:a:Workers=1",
        app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", _gate.PassAsync).WithQueue("a");
            app.MapGet("/enter", async context =>
            {
                using var lease = await context.EnterQueueAsync("a");
            });
        },
        services => services.AddQueuedAdmission(o => o.AddQueue("a", q =>
        {
            if (trait == "PartitionBy")
                q.PartitionBy = PartitionBy.Custom(_ => fails() ? throw new InvalidTimeZoneException() : "key");
            else if (trait == "PriorityFrom")
                q.PriorityFrom = PriorityFrom.Custom(
                    _ => fails() ? throw new InvalidTimeZoneException() : JobPriority.High);
            else
                q.DeadlineFrom = DeadlineFrom.Custom(
                    _ => fails() ? throw new InvalidTimeZoneException() : TimeSpan.FromMinutes(1));
        })));
}

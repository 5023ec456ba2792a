using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QueueAdmission.Doubles;

namespace QueueAdmission.Health;

public sealed class QueueHealthTests
{
    [Fact]
    public async Task Check_NothingIsFull_IsHealthyAndHasTheNumbers()
    {
        await using var app = await StartAsync();
        app.Queue("a").TryEnter();

        var entry = await CheckAsync(app);

        Assert.Equal((HealthStatus.Healthy, "No queue is full."), (entry.Status, entry.Description));
        Assert.Equal(
            [
                ("a.state", "running"), ("a.workers", 1), ("a.running", 1), ("a.places", 2), ("a.waiting", 0), (
                    "a.longest_wait_seconds", 0.0),
                ("a.standstill_seconds", 0.0), ("a.ran", 0L), ("a.rejected", 0L), ("a.abandoned", 0L),
            ],
            entry.Data.Where(pair => pair.Key.StartsWith("a.", StringComparison.Ordinal)).Select(
                pair => (pair.Key, pair.Value)));
        Assert.Contains("default.workers", entry.Data);
    }

    [Fact]
    public async Task Check_QueueIsFull_IsDegradedAndStillAnswers200()
    {
        await using var app = await StartAsync();
        Fill(app.Queue("a"));

        Assert.Equal(
            (HealthStatus.Degraded, "a: full, 1 of 1 workers and 2 of 2 places"), Judgement(await CheckAsync(app)));
        using var response = await app.GetAsync("/health");
        Assert.Equal(
            (200, "Degraded"),
            (
                (int)response.StatusCode,
                await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Check_QueueRefusedAMomentAgo_IsDegradedForTenSeconds()
    {
        await using var app = await StartAsync();
        var lease = Fill(app.Queue("a"));
        app.Queue("a").TryEnter();
        lease.Dispose();

        await Eventually.TrueAsync(() => app.Queues.Find("a")!.Refusals.IsRefusing);
        Assert.Equal(
            (HealthStatus.Degraded, "a: refused requests within the last 10 s"), Judgement(await CheckAsync(app)));
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(app)).Status);
    }

    [Fact]
    public async Task Check_ReloadWasRejected_IsDegradedUntilTheNextGoodOne()
    {
        await using var app = await StartAsync();

        app.Reload("Queues:a:Workers=0");
        var bad = await CheckAsync(app);
        app.Reload("Queues:a:Workers=3");

        Assert.Equal(HealthStatus.Degraded, bad.Status);
        Assert.Contains("was rejected: see the error in the log", bad.Description);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(app)).Status);
    }

    [Fact]
    public async Task Check_NothingMovesForLong_IsUnhealthyOnlyIfAskedTo()
    {
        await using var app = await StartAsync(options => options.UnhealthyAfterStandstill = TimeSpan.FromSeconds(30));
        var lease = app.Queue("a").TryEnter();
        _ = app.Queue("a").EnterAsync(TestContext.Current.CancellationToken);
        _ = app.Queue("a").EnterAsync(TestContext.Current.CancellationToken);

        app.Clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync(app, "strict")).Status);
        app.Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(
            (HealthStatus.Unhealthy, "a: 2 waiting, and no job has started or ended for 30 s"),
            Judgement(await CheckAsync(app, "strict")));
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync(app)).Status);
        lease.Dispose();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(app, "strict")).Status);
    }

    [Fact]
    public async Task Check_Paused_IsNoStandstill()
    {
        await using var app = await StartAsync(options => options.UnhealthyAfterStandstill = TimeSpan.FromSeconds(30));
        app.Queue("a").Pause();
        _ = app.Queue("a").EnterAsync(TestContext.Current.CancellationToken);
        app.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(app, "strict")).Status);
    }

    [Fact]
    public async Task UnreadyWhenFull_FullOnce_StaysUnreadyUntilHalfIsFree()
    {
        await using var app = await StartAsync(options => options.UnreadyWhenFull = true, places: 4);
        var queue = app.Queue("a");
        var lease = queue.TryEnter();
        var waiting =
            Enumerable.Range(0, 4).Select(_ => queue.EnterAsync(TestContext.Current.CancellationToken)).ToArray();

        Assert.Equal(
            (HealthStatus.Unhealthy, "a: not ready, 4 of 4 places are taken"),
            Judgement(await CheckAsync(app, "strict")));
        lease.Dispose();
        Assert.Equal(
            (HealthStatus.Unhealthy, "a: not ready, 3 of 4 places are taken"),
            Judgement(await CheckAsync(app, "strict")));
        (await waiting[0]).Dispose();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(app, "strict")).Status);
        _ = queue.EnterAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(app, "strict")).Status);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void ReadyAgainAt_OutOfRange_IsRefused(double value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new QueueHealthOptions { ReadyAgainAt = value });

    [Fact]
    public void UnhealthyAfterStandstill_NotAboveZero_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new QueueHealthOptions { UnhealthyAfterStandstill = TimeSpan.Zero });

    private static Task<TestApp> StartAsync(Action<QueueHealthOptions>? strict = null, int places = 2) =>
        TestApp.StartAsync(
            $"Queues:a:Workers=1 Queues:a:PartitionCapacity={places} Queues:a:MaxWait=infinite",
            app =>
            {
                app.UseRouting();
                app.UseQueuedAdmission();
                app.MapHealthChecks("/health");
            },
            services => services.AddHealthChecks().AddQueuedAdmission().AddQueuedAdmission("strict", strict));

    /// <summary>Takes all workers and all places.</summary>
    private static QueueLease Fill(JobQueue queue)
    {
        var lease = queue.TryEnter();
        _ = queue.EnterAsync(TestContext.Current.CancellationToken);
        _ = queue.EnterAsync(TestContext.Current.CancellationToken);
        return lease;
    }

    private static async Task<HealthReportEntry> CheckAsync(TestApp app, string name = "queues")
    {
        var report = await app.App.Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(TestContext.Current.CancellationToken);
        return report.Entries[name];
    }

    private static (HealthStatus Status, string? Description) Judgement(HealthReportEntry entry) =>
        (entry.Status, entry.Description);
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueueAdmission.Doubles;

namespace QueueAdmission.Diagnostics;

/// <summary>
/// Verifies that a log provider that throws at every message of the library loses these messages and has no other
/// effect.
/// </summary>
public sealed class FailingLogProviderTests
{
    private readonly Gate _gate = new();
    private readonly FailingLogger _log = new(isEnabledThrows: false);

    [Fact]
    public async Task Burst_OfRefusals_BeginsAndEnds()
    {
        await using var app = await StartAsync();
        var running = app.GetAsync("/a");
        await _gate.EnteredAsync(1);

        using (var refused = await app.GetAsync("/a"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        // The message is logged on a pool thread, where an unhandled exception would end the process.
        await Eventually.TrueAsync(() => app.Queues.Find("a")!.Refusals.IsRefusing && _log.Attempts >= 2);
        // The fake clock runs timers on this thread, where an exception would fail the test.
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        app.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.False(app.Queues.Find("a")!.Refusals.IsRefusing);
        _gate.LetOut();
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
    }

    [Fact]
    public async Task Client_LeavesTheLine_IsAbandoned()
    {
        await using var app = await StartAsync("Queues:a:PartitionCapacity=1");
        var running = app.GetAsync("/a");
        await _gate.EnteredAsync(1);
        using var client = new CancellationTokenSource();
        var waiting = await app.GetAndWaitInLineAsync("/a", app.Queue("a"), client.Token);

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.TrueAsync(() => app.Queue("a").GetSnapshot().Abandoned == 1);
        _gate.LetOut();
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
    }

    [Fact]
    public async Task Request_LetThroughByDryRun_IsServed()
    {
        await using var app = await StartAsync("Queues:a:PartitionCapacity=0 Queues:a:DryRun=true");
        var first = app.GetAsync("/a");
        await _gate.EnteredAsync(1);
        var second = app.GetAsync("/a");
        await _gate.EnteredAsync(2);
        _gate.LetOut(2);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await first).StatusCode, (await second).StatusCode));
        Assert.Equal(0, app.Queue("a").GetSnapshot().Running);
    }

    [Fact]
    public async Task Reload_OfSeveralQueues_IsTakenWhole()
    {
        await using var app = await StartAsync("Queues:b:Workers=1 Queues:c:Workers=1");

        app.Reload("Queues:a:Workers=5 Queues:b:Workers=6 Queues:c:Workers=7 Queues:d:Workers=8 FallbackQueue=d");

        Assert.Equal([5, 6, 7, 8], "abcd".Select(name => app.Queue($"{name}").GetSnapshot().Settings.Workers));
        Assert.Equal("d", app.Queues.FallbackQueue?.Name);
        Assert.True(app.Queues.LastReload?.Succeeded);
        Assert.True(_log.Attempts >= 4);
    }

    [Fact]
    public async Task Reload_ThatIsBad_ChangesNothing()
    {
        await using var app = await StartAsync();

        app.Reload("Queues:a:Workers=0");

        Assert.Equal(1, app.Queue("a").GetSnapshot().Settings.Workers);
        Assert.False(app.Queues.LastReload?.Succeeded);
    }

    [Fact]
    public async Task Override_OfAnOperator_BeginsAndEnds()
    {
        await using var app = await StartAsync();
        var queue = app.Queues.Find("a")!;

        app.Queues.Overrides.Set(queue, new WorkersTarget(), "9", TimeSpan.FromMinutes(1), "operator");
        Assert.Equal(9, queue.Queue.GetSnapshot().Workers);
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, queue.Queue.GetSnapshot().Workers);
    }

    private Task<TestApp> StartAsync(string settings = "Queues:a:PartitionCapacity=0") => TestApp.StartAsync(
        $"Queues:a:Workers=1 {settings}",
        app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/a", _gate.PassAsync).WithQueue("a");
        },
        services => services.AddSingleton<ILoggerProvider>(_log));
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using QueueAdmission.Doubles;

namespace QueueAdmission.DryRun;

public sealed class DryRunTests
{
    [Fact]
    public async Task Requests_OfAFullQueue_AreAllServedAndCounted()
    {
        var gate = new Gate();
        await using var app =
            await StartAsync("Queues:q:Workers=1 Queues:q:PartitionCapacity=2 Queues:q:DryRun=true", gate);

        var responses = Enumerable.Range(0, 5).Select(_ => app.GetAsync("/")).ToList();
        await gate.EnteredAsync(5);

        Assert.Equal((5, 0), (app.Queue("q").GetSnapshot().Running, app.Queue("q").GetSnapshot().Waiting));
        gate.LetOut(5);
        foreach (var response in await Task.WhenAll(responses))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Null(response.Headers.RetryAfter);
        }
        var snapshot = app.Queue("q").GetSnapshot();
        Assert.Equal(
            (2L, 2L), (snapshot.WouldHaveWaited, snapshot.WouldHaveRejectedByReason[RejectionReason.QueueFull]));
        await Books.BalanceAsync(app.Queue("q"), ran: 5);
    }

    [Fact]
    public async Task Refusal_ThatWouldHaveBeen_IsLoggedAtDebugWithItsReason()
    {
        var gate = new Gate();
        await using var app =
            await StartAsync("Queues:q:Workers=1 Queues:q:PartitionCapacity=0 Queues:q:DryRun=true", gate);
        var first = app.GetAsync("/");
        await gate.EnteredAsync(1);

        var second = app.GetAsync("/");
        await gate.EnteredAsync(2);

        var record = Assert.Single(app.Log.GetSnapshot(), record => record.Id.Name == "WouldHaveRejected");
        Assert.Equal(LogLevel.Debug, record.Level);
        Assert.Contains("queue_full", record.Message, StringComparison.Ordinal);
        gate.LetOut(2);
        await Task.WhenAll(first, second);
        Assert.Empty(LoggedNoise.In(app.Log));
    }

    [Fact]
    public async Task EnterQueue_OfAFullQueue_IsLetThrough()
    {
        var gate = new Gate();
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1 Queues:q:PartitionCapacity=0 " +
            "Queues:q:DryRun=true", app =>
                app.MapGet("/", async context =>
                {
                    using var lease = await context.EnterQueueAsync("q");
                    Assert.True(lease.IsAdmitted);
                    await gate.PassAsync(context);
                }));

        var responses = Task.WhenAll(app.GetAsync("/"), app.GetAsync("/"));
        await gate.EnteredAsync(2);

        gate.LetOut(2);
        Assert.All(await responses, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        await Books.BalanceAsync(app.Queue("q"), ran: 2);
    }

    [Fact]
    public async Task DryRun_SwitchedOffByReload_RefusesFromThenOn()
    {
        var gate = new Gate();
        await using var app =
            await StartAsync("Queues:q:Workers=1 Queues:q:PartitionCapacity=0 Queues:q:DryRun=true", gate);
        var first = app.GetAsync("/");
        await gate.EnteredAsync(1);
        var second = app.GetAsync("/");
        await gate.EnteredAsync(2);

        app.Reload("Queues:q:DryRun=false");

        using var refused = await app.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        gate.LetOut(2);
        await Task.WhenAll(first, second);
        await Books.BalanceAsync(app.Queue("q"), ran: 2, rejected: 1);
    }

    [Fact]
    public async Task FallbackQueue_InDryRunByEnvironmentVariablesAlone_LetsAllPassAndCounts()
    {
        // The environment variables from the documentation. Their prefix keeps them from other tests of this process,
        // which also read the environment.
        const string Prefix = "ByEnvironmentVariablesAlone_";
        Environment.SetEnvironmentVariable($"{Prefix}QueuedAdmission__FallbackQueue", "default");
        Environment.SetEnvironmentVariable($"{Prefix}QueuedAdmission__Queues__default__DryRun", "true");
        Environment.SetEnvironmentVariable($"{Prefix}QueuedAdmission__Queues__default__Workers", "1");
        var gate = new Gate();
        await using var app = await TestApp.StartAsync("", app =>
        {
            ((IConfigurationBuilder)app.Configuration).AddEnvironmentVariables(Prefix);
            app.UseQueuedAdmission();
            app.MapGet("/", gate.PassAsync);
        });

        var responses = Enumerable.Range(0, 110).Select(_ => app.GetAsync("/")).ToList();
        await gate.EnteredAsync(110);

        gate.LetOut(110);
        Assert.All(await Task.WhenAll(responses), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        var snapshot = app.Queue().GetSnapshot();
        // The defaults are 1 worker and 100 places.
        Assert.Equal(
            (100L, 9L), (snapshot.WouldHaveWaited, snapshot.WouldHaveRejectedByReason[RejectionReason.QueueFull]));
        await Books.BalanceAsync(app.Queue(), ran: 110);
    }

    private static Task<TestApp> StartAsync(string settings, Gate gate) => TestApp.StartAsync(settings, app =>
    {
        app.UseQueuedAdmission();
        app.MapGet("/", gate.PassAsync).WithQueue("q");
    });
}

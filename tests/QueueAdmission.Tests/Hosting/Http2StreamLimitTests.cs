using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using QueueAdmission.Doubles;

namespace QueueAdmission.Hosting;

public sealed class Http2StreamLimitTests
{
    [Fact]
    public async Task Connection_FullOfWaitersWithDefaultSettings_ServesOthers()
    {
        var gate = new Gate();
        await using var app = await StartAsync("", gate);
        Assert.Equal("open", await app.Http2.GetStringAsync("/open", TestContext.Current.CancellationToken));
        var work = Enumerable.Range(0, 116)
            .Select(_ => app.Http2.GetAsync("/work", TestContext.Current.CancellationToken))
            .ToArray();
        await Eventually.TrueAsync(() => app.Queue().GetSnapshot() is { Running: 16, Waiting: 100 });

        Assert.Equal("open", await app.Http2.GetStringAsync("/open", TestContext.Current.CancellationToken));
        Assert.All(work, request => Assert.False(request.IsCompleted));
        using var refused = await app.Http2.GetAsync("/work", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

        gate.LetOut(116);
        foreach (var answer in await Task.WhenAll(work))
            answer.Dispose();
    }

    [Theory]
    [InlineData("", 100 + 116)]
    [InlineData("Queues:default:Workers=4 Queues:default:PartitionCapacity=6", 110)]
    [InlineData(
        "Queues:default:Workers=4 Queues:default:Partitions=3 Queues:default:PartitionCapacity=2 " +
            "Queues:b:PartitionCapacity=0 Queues:b:Workers=1",
        111)]
    [InlineData(
        "Queues:default:AdaptiveWorkers=true Queues:default:MaxWorkers=40 Queues:default:PartitionCapacity=0", 140)]
    [InlineData("Queues:default:PartitionCapacity=1000000", Http2StreamLimit.Max)]
    public async Task Limit_LeftAtItsDefault_HasRoomForWhatQueuesHoldAndOthers(string settings, int limit)
    {
        await using var app = await StartAsync(settings, new Gate());

        Assert.Equal(limit, LimitOf(app));
        Assert.Single(app.Log.GetSnapshot(), line => line.Id.Id == 39);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(101)]
    [InlineData(5_000)]
    public async Task Limit_SetByTheApplication_Stays(int limit)
    {
        await using var app =
            await StartAsync("", new Gate(), kestrel => kestrel.Limits.Http2.MaxStreamsPerConnection = limit);

        Assert.Equal(limit, LimitOf(app));
    }

    [Fact]
    public async Task Limit_WithQueuesInSeveralBranches_IsRaisedOnce()
    {
        await using var app = await TestApp.StartKestrelAsync("", app =>
        {
            app.UseQueuedAdmission();
            app.Map(
                "/branch",
                branch =>
                    branch.UseRouting().UseQueuedAdmission().UseEndpoints(
                        endpoints => endpoints.MapGet("/x", () => "x").WithQueue()));
        });

        Assert.Equal(216, LimitOf(app));
        Assert.Single(app.Log.GetSnapshot(), line => line.Id.Id == 39);
    }

    [Fact]
    public async Task Start_OnAnotherServer_DoesNotTouchTheOptionsOfKestrel()
    {
        var asked = false;
        await using var app = await TestApp.StartAsync("", app => app.UseQueuedAdmission(),
            services => services.Configure<KestrelServerOptions>(_ => asked = true));

        Assert.False(asked);
    }

    private static int LimitOf(TestApp app) =>
        app.App.Services.GetRequiredService<IOptions<KestrelServerOptions>>()
            .Value.Limits.Http2.MaxStreamsPerConnection;

    private static Task<TestApp> StartAsync(string settings, Gate gate, Action<KestrelServerOptions>? kestrel = null) =>
        TestApp.StartKestrelAsync(settings, app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/work", gate.PassAsync).WithQueue();
            app.MapGet("/open", () => "open");
        }, services => services.Configure<KestrelServerOptions>(options => kestrel?.Invoke(options)));
}

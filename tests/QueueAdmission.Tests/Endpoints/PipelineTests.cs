using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Doubles;

namespace QueueAdmission;

public sealed class PipelineTests
{
    private const string Settings = "Queues:q:Workers=1 Queues:q:PartitionCapacity=0";

    [Fact]
    public Task UseQueuedAdmission_Twice_QueuesARequestOnce() => QueuesOnceAsync(app =>
    {
        app.UseRouting();
        app.UseQueuedAdmission();
        app.UseQueuedAdmission();
        app.MapGet("/", QueueReport.Of).WithQueue("q");
    });

    [Fact]
    public Task UseQueuedAdmission_InABranchOnly_QueuesItsRequests() => QueuesOnceAsync(app =>
    {
        app.UseRouting();
        app.UseWhen(_ => true, branch => branch.UseQueuedAdmission());
        app.MapGet("/", QueueReport.Of).WithQueue("q");
    });

    [Fact]
    public Task UseQueuedAdmission_InABranchThatRejoinsAnother_QueuesARequestOnce() => QueuesOnceAsync(app =>
    {
        app.UseRouting();
        app.UseWhen(_ => true, branch => branch.UseQueuedAdmission());
        app.UseQueuedAdmission();
        app.MapGet("/", QueueReport.Of).WithQueue("q");
    });

    [Fact]
    public Task UseQueuedAdmission_InABranchWithRoutesOfItsOwn_QueuesItsRequests() => QueuesOnceAsync(app =>
    {
        app.UseQueuedAdmission();
        app.Map("/branch", branch =>
        {
            branch.UseRouting();
            branch.UseQueuedAdmission();
            branch.UseEndpoints(endpoints => endpoints.MapGet("/", QueueReport.Of).WithQueue("q"));
        });
    }, "/branch/");

    [Fact]
    public async Task UseQueuedAdmission_BehindAMiddlewareThatReleasedTheWorker_TakesAnother()
    {
        await using var app = await TestApp.StartAsync("Queues:q:Workers=2", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.Use((context, next) =>
            {
                context.ReleaseWorker();
                return next(context);
            });
            app.UseQueuedAdmission();
            app.MapGet("/", QueueReport.Of).WithQueue("q");
        });

        Assert.Equal("q", await app.GetStringAsync("/"));

        await Books.BalanceAsync(app.Queue("q"), ran: 2);
    }

    [Fact]
    public async Task Queues_OfTwoHostsInOneProcess_AreTwo()
    {
        await using var one = await StartAsync();
        await using var another = await StartAsync();
        using var occupied = one.Queue("q").TryEnter();

        using var refused = await one.GetAsync("/");
        using var served = await another.GetAsync("/");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (refused.StatusCode, served.StatusCode));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UseQueuedAdmission_WithAndWithoutServices_UsesTheQueueOfTheHost(bool add)
    {
        await using var app = await StartAsync(add ? services => services.AddQueuedAdmission() : null);
        using var occupied = app.Queue("q").TryEnter();

        using var refused = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Same(add ? app.Queue("q") : null, app.App.Services.GetKeyedService<JobQueue>("q"));
    }

    private static Task<TestApp> StartAsync(Action<IServiceCollection>? services = null) =>
        TestApp.StartAsync(Settings, app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", QueueReport.Of).WithQueue("q");
        }, services);

    // With one worker and no place to wait, a request that is queued twice is refused.
    private static async Task QueuesOnceAsync(Action<WebApplication> configure, string path = "/")
    {
        await using var app = await TestApp.StartAsync(Settings, configure);

        Assert.Equal("q", await app.GetStringAsync(path));
        Assert.Equal("q", await app.GetStringAsync(path));

        await Books.BalanceAsync(app.Queue("q"), ran: 2);
    }
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueueAdmission.Doubles;

namespace QueueAdmission;

/// <summary>
/// Verifies the program's own jobs and the callers of queues without endpoints, while the host stops.
/// </summary>
public sealed class PushedJobsAtStopTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stopping_PushedJobs_EndBeforeTheHostDoes(bool isAddJobQueue)
    {
        await using var app = await StartAsync(isAddJobQueue);
        var queue = app.App.Services.GetRequiredKeyedService<JobQueue>("mail");
        var gate = new TaskCompletionSource();
        var handles = Enumerable.Range(0, 3)
            .Select(_ => queue.Push(_ => gate.Task, TestContext.Current.CancellationToken))
            .ToList();

        var stopping = app.App.StopAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => queue.GetSnapshot().State == JobQueueState.Draining);
        Assert.False(stopping.IsCompleted);
        gate.SetResult();

        await stopping;
        Assert.All(handles, handle => Assert.Equal(JobStatus.Ran, handle.Completion.Result.Status));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stopping_AHostedServicePushesItsLastWork_AndItRuns(bool isAddJobQueue)
    {
        await using var app = await StartAsync(isAddJobQueue, services => services.AddHostedService<LastWork>());
        var queue = app.App.Services.GetRequiredKeyedService<JobQueue>("mail");
        var waiting = queue.Push(_ => Task.CompletedTask, TestContext.Current.CancellationToken);

        await app.App.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(JobStatus.Ran, (await waiting).Status);
        Assert.Equal(2, queue.GetSnapshot().Ran);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stopping_ShutdownTimeoutIsOver_CompletesEveryHandleAndSaysSo(bool isAddJobQueue)
    {
        await using var app = await StartAsync(isAddJobQueue);
        var queue = app.App.Services.GetRequiredKeyedService<JobQueue>("mail");
        var (began, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var running = queue.Push(
            _ =>
            {
                began.SetResult();
                return gate.Task;
            },
            TestContext.Current.CancellationToken);
        await began.Task;
        var waiting = queue.Push(_ => Task.CompletedTask, TestContext.Current.CancellationToken);
        using var timeout = new CancellationTokenSource();

        var stopping = app.App.StopAsync(timeout.Token);
        await Eventually.TrueAsync(() => queue.GetSnapshot().State == JobQueueState.Draining);
        Assert.False(running.Completion.IsCompleted);
        await timeout.CancelAsync();

        await stopping;
        Assert.Equal((JobStatus.Unfinished, JobStatus.Rejected), ((await running).Status, (await waiting).Status));
        var line = Assert.Single(app.Log.GetSnapshot(), line => line.Id.Name == "JobsGivenUp");
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains(
            "In queue mail, 1 pushed jobs still run, and 1 waiting jobs are refused.",
            line.Message,
            StringComparison.Ordinal);
        gate.SetResult();
    }

    [Fact]
    public async Task Stopping_ALeaseThatIsNeverDisposed_HoldsUpNothing()
    {
        await using var app = await StartAsync(isAddJobQueue: true);
        app.App.Services.GetRequiredKeyedService<JobQueue>("mail").TryEnter();

        await app.App.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stopping_RequestsThatWaitInAQueueWithoutEndpoint_AreRefusedAtOnce(bool hasAdd)
    {
        var gate = new Gate();
        await using var app = await TestApp.StartKestrelAsync("", app =>
        {
            app.UseQueuedAdmission();
            app.MapGet("/", async ([FromKeyedServices("render")] JobQueue render, HttpContext context) =>
            {
                using var lease = await render.EnterAsync(context.RequestAborted);
                if (!lease.IsAdmitted)
                    return "refused";
                await gate.PassAsync(context);
                return "served";
            });
        }, services =>
        {
            services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromHours(1));
            services.AddJobQueue("render", o => (o.Workers, o.MaxWait) = (1, Timeout.InfiniteTimeSpan));
            if (hasAdd)
                services.AddQueuedAdmission();
        });
        var render = app.App.Services.GetRequiredKeyedService<JobQueue>("render");
        var running = app.GetStringAsync("/");
        await gate.EnteredAsync(1);
        var waiting = await app.GetAndWaitInLineAsync("/", render);

        var stopping = app.App.StopAsync(TestContext.Current.CancellationToken);

        using var refused = await waiting;
        Assert.Equal(
            (HttpStatusCode.OK, "refused"),
            (refused.StatusCode, await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.False(stopping.IsCompleted);
        gate.LetOut();
        await running;
        await stopping;
    }

    [Fact]
    public async Task Stopping_AJobThatEntersAnotherQueue_GetsAFreeWorkerThere()
    {
        await using var app =
            await StartAsync(isAddJobQueue: true, services => services.AddJobQueue("smtp", o => o.Workers = 1));
        var (mail, smtp) = (
            app.App.Services.GetRequiredKeyedService<JobQueue>("mail"),
            app.App.Services.GetRequiredKeyedService<JobQueue>("smtp"));
        var gate = new TaskCompletionSource();
        var outer = mail.Push(
            async token =>
            {
                await gate.Task;
                await smtp.RunAsync(_ => Task.CompletedTask, token);
            },
            TestContext.Current.CancellationToken);

        var stopping = app.App.StopAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => mail.GetSnapshot().State == JobQueueState.Draining);
        gate.SetResult();

        await stopping;
        Assert.Equal(JobStatus.Ran, (await outer).Status);
    }

    private static Task<TestApp> StartAsync(bool isAddJobQueue, Action<IServiceCollection>? more = null) =>
        TestApp.StartAsync(
            isAddJobQueue ? "" : "Queues:mail:Workers=1",
            app => app.UseQueuedAdmission(),
            services =>
            {
                services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromHours(1));
                services.AddQueuedAdmission();
                if (isAddJobQueue)
                    services.AddJobQueue("mail", o => o.Workers = 1);
                more?.Invoke(services);
            });

    private sealed class LastWork([FromKeyedServices("mail")] JobQueue mail) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            mail.Push(_ => Task.CompletedTask, CancellationToken.None);
            return Task.CompletedTask;
        }
    }
}

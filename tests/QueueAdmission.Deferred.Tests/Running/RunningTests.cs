using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Deferred.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Running;

public sealed class RunningTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_RunUnderTheWorkersOfTheQueue()
    {
        var (inside, most) = (0, 0);
        await using var app = await StartAsync("Queues:posts:Workers=3", async _ =>
        {
            var now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref inside);
        });

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => app.AcceptAsync("/posts")));
        await app.RunAllAsync();

        Assert.Equal(100, Assert.Single(await app.Jobs.ReadQueuesAsync()).Done);
        Assert.InRange(most, 1, 3);
        Assert.Equal(100, app.Queue("posts").GetSnapshot().Ran);
    }

    [Fact]
    public async Task Jobs_WithOneKey_RunOneAfterTheOtherInOrder()
    {
        var order = new ConcurrentQueue<string>();
        var (inside, most) = (0, 0);
        const string Settings = "Queues:posts:Workers=8 Queues:posts:Deferred:Run=false";
        await using var app = await DeferredApp.StartAsync(Settings, app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts/{x}", async (string x) =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref inside));
                order.Enqueue(x);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }).WithQueue("posts").Defer(configure: options => options.SequentialBy = _ => "one key");
        });
        for (var i = 0; i < 20; i++)
            await app.AcceptAsync($"/posts/{i}");

        app.Reload("Queues:posts:Deferred:Run=true");
        await app.RunAllAsync();

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), order);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Run_SwitchedOff_AcceptsOnlyAndLetsAnotherNodeRun()
    {
        var store = new InMemoryJobStore();
        var (onFirst, onSecond) = (0, 0);
        await using var first = await StartAsync(
            "Queues:posts:Deferred:Run=false", Count(() => Interlocked.Increment(ref onFirst)), store);
        await using var second = await StartAsync(
            "Queues:posts:Workers=1", Count(() => Interlocked.Increment(ref onSecond)), store);

        var job = await first.AcceptAsync("/posts");
        await Eventually.TrueAsync(() => Volatile.Read(ref onSecond) == 1);
        await second.RunAllAsync();

        Assert.Equal(0, Volatile.Read(ref onFirst));
        Assert.Equal("done", (await first.StateAsync(job)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Queue_Paused_JobsWaitUntilItResumes()
    {
        var ran = 0;
        await using var app = await StartAsync("Queues:posts:Workers=1", Count(() => Interlocked.Increment(ref ran)));
        app.Queue("posts").Pause();
        var job = await app.AcceptAsync("/posts");
        await app.RunAllAsync();
        var (before, state) = (ran, (await app.StateAsync(job)).GetProperty("state").GetString());

        app.Queue("posts").Resume();
        await app.RunAllAsync();

        Assert.Equal((0, "waiting", 1), (before, state, ran));
    }

    [Fact]
    public async Task Stop_HandlerGoesOn_IsAwaited()
    {
        var (entered, exit, store) = (new SemaphoreSlim(0), new SemaphoreSlim(0), new InMemoryJobStore());
        var app = await StartAsync("Queues:posts:Workers=1", async _ =>
        {
            entered.Release();
            await exit.WaitAsync(Token);
        }, store);
        await app.AcceptAsync("/posts");
        await entered.WaitAsync(Token);

        var stopping = app.App.StopAsync(Token);
        exit.Release();
        await stopping;
        await app.DisposeAsync();

        using var connection = store.Open();
        Assert.Equal((1, 0), (connection.ReadCounts()[0].Done, connection.ReadCounts()[0].Waiting));
    }

    [Fact]
    public async Task Stop_TimeIsOver_GivesTheJobBackUncounted()
    {
        var (entered, store, aborted) = (new SemaphoreSlim(0), new InMemoryJobStore(), false);
        var app = await StartAsync("Queues:posts:Workers=1", async context =>
        {
            entered.Release();
            try
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
            finally
            {
                aborted = true;
            }
        }, store);
        var path = await app.AcceptAsync("/posts");
        await entered.WaitAsync(Token);

        using var over = new CancellationTokenSource();
        var stopping = app.App.StopAsync(over.Token);
        await over.CancelAsync();
        await Record.ExceptionAsync(() => stopping);
        await app.DisposeAsync();

        using var connection = store.Open();
        var job = connection.Find(Guid.ParseExact(path.Split('/')[^1], "N"))!;
        Assert.Equal((StoredJobState.Waiting, 0, true), (job.State, job.Attempts, aborted));
    }

    [Fact]
    public async Task Process_Lost_JobRunsElsewhereAndTheAttemptCounts()
    {
        var (store, hang) = (new InMemoryJobStore(), new SemaphoreSlim(0));
        var attempts = new ConcurrentQueue<int>();
        await using var first = await StartAsync("Queues:posts:Workers=1", context => hang.WaitAsync(Token), store);
        var job = await first.AcceptAsync("/posts");
        await Eventually.TrueAsync(() => first.Queue("posts").GetSnapshot().Running == 1);

        await using var second = await StartAsync("Queues:posts:Workers=1", context =>
        {
            attempts.Enqueue(context.Features.Get<IDeferredJobFeature>()!.Attempt);
            return Task.CompletedTask;
        }, store);
        store.LoseOwner();
        await Eventually.TrueAsync(() =>
        {
            second.Clock.Advance(TimeSpan.FromMilliseconds(250));
            return !attempts.IsEmpty;
        });
        await second.RunAllAsync();
        hang.Release();

        Assert.Equal([2], attempts);
        Assert.Equal("done", (await second.StateAsync(job)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Process_LostInTheLastAttempt_JobIsADeadLetterAndDoesNotRun()
    {
        var (store, hang) = (new InMemoryJobStore(), new SemaphoreSlim(0));
        const string settings = "Queues:posts:Workers=1 Queues:posts:Deferred:MaxAttempts=1";
        await using var first = await StartAsync(settings, context => hang.WaitAsync(Token), store);
        var job = await first.AcceptAsync("/posts");
        await Eventually.TrueAsync(() => first.Queue("posts").GetSnapshot().Running == 1);

        var hasRun = false;
        await using var second = await StartAsync(settings, context =>
        {
            hasRun = true;
            return Task.CompletedTask;
        }, store);
        store.LoseOwner();
        using var connection = store.Open();
        await Eventually.TrueAsync(() =>
        {
            second.Clock.Advance(TimeSpan.FromMilliseconds(250));
            return connection.ListDead("posts", 1).Count == 1;
        });
        hang.Release();

        Assert.Equal(("attempts_exhausted", false), (connection.ListDead("posts", 1)[0].Reason, hasRun));
        Assert.Equal("dead", (await second.StateAsync(job)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Span_OfARun_IsLinkedToTheAcceptingRequest()
    {
        var runs = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "QueueAdmission.Deferred",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = runs.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await StartAsync("Queues:posts:Workers=1", _ => Task.CompletedTask);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/posts");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var accepted = await app.SendAsync(request);
        await app.RunAllAsync();

        var link = Assert.Single(
            runs.SelectMany(run => run.Links),
            link => link.Context.TraceId.ToHexString() == "0af7651916cd43dd8448eb211c80319c");
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.True(link.Context.IsRemote);
    }

    [Fact]
    public async Task Store_AwayWhileJobsRun_EndsAreWrittenWhenItIsBack()
    {
        var (entered, exit) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        var runs = 0;
        await using var app = await StartAsync("Queues:posts:Workers=1", async _ =>
        {
            Interlocked.Increment(ref runs);
            entered.Release();
            await exit.WaitAsync(Token);
        });
        var job = await app.AcceptAsync("/posts");
        await entered.WaitAsync(Token);

        app.Store.GoAway();
        exit.Release();
        await Eventually.TrueAsync(() => app.Jobs.Outage is not null);
        app.Store.ComeBack();
        await Eventually.TrueAsync(() =>
        {
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            return app.Jobs.ReadQueuesAsync().Result[0].Done == 1;
        });

        Assert.Equal("done", (await app.StateAsync(job)).GetProperty("state").GetString());
        Assert.Equal(1, runs);
    }

    private static Func<HttpContext, Task> Count(Action count) => _ =>
    {
        count();
        return Task.CompletedTask;
    };

    private static Task<DeferredApp> StartAsync(
        string settings, Func<HttpContext, Task> handler, InMemoryJobStore? store = null) =>
        DeferredApp.StartAsync(settings, app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", (HttpContext context) => handler(context)).WithQueue("posts").Defer();
        }, store: store);

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}

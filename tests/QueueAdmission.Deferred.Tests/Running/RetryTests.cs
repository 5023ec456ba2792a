using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Running;

public sealed class RetryTests
{
    private const string Settings =
        "Queues:posts:Workers=1 Queues:posts:Deferred:MaxAttempts=3 Queues:posts:Deferred:RetryDelay=00:00:10";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Failures => ["exception", "status 503", "aborted"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Attempt_Failed_RunsAgainAfterItsWaitAndThenIsADeadLetter(string kind)
    {
        var attempts = new List<int>();
        await using var app = await StartAsync(context =>
        {
            lock (attempts)
                attempts.Add(context.Features.Get<IDeferredJobFeature>()!.Attempt);
            if (kind == "exception")
                throw new InvalidOperationException("no luck");
            if (kind == "aborted")
                context.Abort();
            else
                context.Response.StatusCode = 503;
        });
        var job = await app.AcceptAsync("/posts");

        await app.RunAllAsync();
        var afterOne = Count();
        // The delay is 5 to 10 s after the first attempt, and 10 to 20 s after the second.
        await AdvanceAsync(app, 4);
        var beforeTheWait = Count();
        await AdvanceAsync(app, 6);
        var afterTwo = Count();
        await AdvanceAsync(app, 9);
        var beforeTheSecondWait = Count();
        await AdvanceAsync(app, 11);

        Assert.Equal((1, 1, 2, 2), (afterOne, beforeTheWait, afterTwo, beforeTheSecondWait));
        Assert.Equal([1, 2, 3], attempts);
        var dead = Assert.Single(await app.Jobs.ListDeadAsync());
        Assert.Equal((StoredJobState.Dead, 3, "POST /posts"), (dead.State, dead.Attempts, dead.Route));
        Assert.Equal(kind == "exception" ? "InvalidOperationException: no luck" : kind, dead.Reason);
        Assert.Equal("dead", (await app.StateAsync(job)).GetProperty("state").GetString());

        int Count()
        {
            lock (attempts)
                return attempts.Count;
        }
    }

    [Fact]
    public async Task RetryAfter_OfTheHandler_IsObeyed()
    {
        var attempts = 0;
        await using var app = await StartAsync(context =>
        {
            if (Interlocked.Increment(ref attempts) == 1)
            {
                context.Response.StatusCode = 503;
                context.Response.Headers.RetryAfter = "60";
            }
        });
        await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        await AdvanceAsync(app, 59);
        var early = Volatile.Read(ref attempts);
        await AdvanceAsync(app, 8);

        Assert.Equal((1, 2), (early, Volatile.Read(ref attempts)));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(429)]
    public async Task Status_Below500_IsAResult(int status)
    {
        await using var app = await StartAsync(context => context.Response.StatusCode = status);
        var job = await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        using var response = await app.SendAsync(HttpMethod.Get, $"{job}/response");

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task DeadLetter_Redriven_RunsWithAllItsAttempts()
    {
        var fails = true;
        await using var app = await StartAsync(_ =>
        {
            if (Volatile.Read(ref fails))
                throw new InvalidOperationException();
        }, "Queues:posts:Workers=1 Queues:posts:Deferred:MaxAttempts=1");
        var job = await app.AcceptAsync("/posts");
        await app.RunAllAsync();
        var dead = Assert.Single(await app.Jobs.ListDeadAsync("posts"));

        Volatile.Write(ref fails, false);
        var waits = await app.Jobs.RedriveAsync(dead.Id);
        await app.RunAllAsync();

        Assert.True(waits);
        Assert.Equal("done", (await app.StateAsync(job)).GetProperty("state").GetString());
        Assert.False(await app.Jobs.DiscardAsync(dead.Id));
    }

    [Fact]
    public async Task DeadLetter_Discarded_IsGoneFromTheList()
    {
        await using var app = await StartAsync(
            _ => throw new InvalidOperationException(), "Queues:posts:Workers=1 Queues:posts:Deferred:MaxAttempts=1");
        var job = await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        Assert.True(await app.Jobs.DiscardAsync(Assert.Single(await app.Jobs.ListDeadAsync()).Id));
        Assert.Empty(await app.Jobs.ListDeadAsync());
        Assert.Equal("discarded", (await app.StateAsync(job)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Endpoint_Gone_IsADeadLetterThatCanBeRedriven()
    {
        var store = new InMemoryJobStore();
        string job;
        await using (var before = await StartAsync(_ => { }, "Queues:posts:Deferred:Run=false", store))
            job = await before.AcceptAsync("/posts");

        await using (var without = await DeferredApp.StartAsync("Queues:posts:Workers=1", app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/others", () => { }).WithQueue("posts").Defer();
        }, store: store))
        {
            await without.RunAllAsync();
            Assert.Equal("endpoint_gone", Assert.Single(await without.Jobs.ListDeadAsync()).Reason);
        }
        await using var after = await StartAsync(_ => { }, store: store);
        await after.Jobs.RedriveAsync(Assert.Single(await after.Jobs.ListDeadAsync()).Id);
        await after.RunAllAsync();

        Assert.Equal("done", (await after.StateAsync(job)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Endpoint_NoLongerDeferred_StillRunsWhatWasAccepted()
    {
        var store = new InMemoryJobStore();
        string job;
        await using (var before = await StartAsync(_ => { }, "Queues:posts:Deferred:Run=false", store))
            job = await before.AcceptAsync("/posts");

        await using var after = await DeferredApp.StartAsync("Queues:posts:Workers=1", app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", () => "ran").WithQueue("posts");
        }, store: store);
        await after.RunAllAsync();

        Assert.Equal("ran", await after.Client.GetStringAsync($"{job}/response", Token));
    }

    [Fact]
    public async Task Queue_Renamed_JobsRunInTheNewOne()
    {
        var store = new InMemoryJobStore();
        string job;
        await using (var before = await StartAsync(_ => { }, "Queues:posts:Deferred:Run=false", store))
            job = await before.AcceptAsync("/posts");

        await using var after = await DeferredApp.StartAsync("Queues:articles:Workers=1", app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", (HttpContext context) => context.Features.Get<IQueueFeature>()!.Queue.Name)
                .WithQueue("articles").Defer();
        }, store: store);
        await after.RunAllAsync();

        Assert.Equal("articles", await after.Client.GetStringAsync($"{job}/response", Token));
        Assert.Single(after.Log.GetSnapshot(), line => line.Id.Name == "JobsWithoutQueue");
    }

    [Fact]
    public async Task Keys_Lost_IsADeadLetter()
    {
        var store = new InMemoryJobStore();
        string job;
        await using (var before = await StartAsync(_ => { }, "Queues:posts:Deferred:Run=false", store))
            job = await before.AcceptAsync("/posts");

        await using var after = await DeferredApp.StartAsync(
            "Queues:posts:Workers=1",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapPost("/posts", () => { }).WithQueue("posts").Defer();
            },
            store: store,
            wrap: inner => new OtherKeys(inner));
        await after.RunAllAsync();

        Assert.Equal("key_missing", Assert.Single(await after.Jobs.ListDeadAsync()).Reason);
        Assert.Equal("dead", (await after.StateAsync(job)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Authorize_CallerIsLockedOut_IsDoneWith403()
    {
        var ran = false;
        await using var app = await DeferredApp.StartAsync(
            "Queues:posts:Workers=1",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapPost("/posts", () => ran = true).WithQueue("posts").Defer();
            },
            jobs: jobs => jobs.AuthorizeRuns(context => new ValueTask<bool>(context.Request.Path != "/posts")));
        var job = await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        using var response = await app.SendAsync(HttpMethod.Get, $"{job}/response");

        Assert.Equal((HttpStatusCode.Forbidden, false), (response.StatusCode, ran));
    }

    private static async Task AdvanceAsync(DeferredApp app, int seconds)
    {
        app.Clock.Advance(TimeSpan.FromSeconds(seconds));
        await app.RunAllAsync();
    }

    private static Task<DeferredApp> StartAsync(
        Action<HttpContext> handler, string settings = Settings, InMemoryJobStore? store = null) =>
        DeferredApp.StartAsync(settings, app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", (HttpContext context) => handler(context)).WithQueue("posts").Defer();
        }, store: store);
}

using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Accepting;

public sealed class AcceptTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_ThatCannotBeBound_IsAnsweredAtOnceAndNotStored()
    {
        await using var app = await StartAsync(
            posts => posts.MapPost("/posts", (Post post) => post).WithQueue("posts").Defer());

        using var broken = await app.SendAsync(
            HttpMethod.Post, "/posts", new StringContent("{", Encoding.UTF8, "application/json"));
        using var wrongType = await app.SendAsync(
            HttpMethod.Post, "/posts", new StringContent("{}", Encoding.UTF8, "text/plain"));

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.UnsupportedMediaType),
            (broken.StatusCode, wrongType.StatusCode));
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Fact]
    public async Task Request_ThatAFilterRefuses_IsAnsweredAtOnceAndNotStored()
    {
        await using var app = await StartAsync(posts => posts.MapPost("/posts", (Post post) => post)
            .AddEndpointFilter(async (context, next) =>
                context.GetArgument<Post>(0).Text.Length > 3 ? Results.UnprocessableEntity() : await next(context))
            .WithQueue("posts").Defer());

        using var refused = await app.SendAsync(HttpMethod.Post, "/posts", Json("long text"));
        using var accepted = await app.SendAsync(HttpMethod.Post, "/posts", Json("abc"));

        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, HttpStatusCode.Accepted), (refused.StatusCode, accepted.StatusCode));
        Assert.Equal(1, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    [Theory]
    [InlineData(10, true, HttpStatusCode.Accepted)]
    [InlineData(11, true, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(10, false, HttpStatusCode.Accepted)]
    [InlineData(11, false, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Body_UpToTheLimit_IsStored(int length, bool isAnnounced, HttpStatusCode expected)
    {
        await using var app = await StartAsync(
            posts =>
                posts.MapPost("/posts", async (Stream body) => await new StreamReader(body).ReadToEndAsync())
                    .WithQueue("posts").Defer(),
            "Queues:posts:Deferred:MaxBodySize=10");
        var text = new string('x', length);
        using var content = new StreamContent(
            isAnnounced ? new MemoryStream(Encoding.UTF8.GetBytes(text)) : new UnknownLength(text));

        using var response = await app.SendAsync(HttpMethod.Post, "/posts", content);

        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.Accepted)
        {
            await app.RunAllAsync();
            Assert.Equal(text, await app.Client.GetStringAsync($"{response.Headers.Location}/response", Token));
        }
    }

    [Fact]
    public async Task Body_LimitChangedLive_AppliesToTheNextRequest()
    {
        await using var app = await StartAsync(posts => posts.MapPost("/posts", () => { }).WithQueue("posts").Defer());
        await app.AcceptAsync("/posts", new StringContent("12345"));

        app.Reload("Queues:posts:Deferred:MaxBodySize=4");
        using var refused = await app.SendAsync(HttpMethod.Post, "/posts", new StringContent("12345"));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    [Fact]
    public async Task Body_ReadByAMiddlewareInFront_IsAnError()
    {
        await using var app = await DeferredApp.StartAsync("Queues:posts:Workers=1", app =>
        {
            app.UseRouting();
            app.Use(async (context, next) =>
            {
                try
                {
                    await new StreamReader(context.Request.Body).ReadToEndAsync();
                    await next(context);
                }
                catch (InvalidOperationException exception)
                {
                    context.Response.StatusCode = 500;
                    await context.Response.WriteAsync(exception.Message);
                }
            });
            app.UseQueuedAdmission();
            app.MapPost("/posts", () => { }).WithQueue("posts").Defer();
        });

        using var response = await app.SendAsync(HttpMethod.Post, "/posts", new StringContent("text"));

        Assert.Contains(
            "was read before UseQueuedAdmission",
            await response.Content.ReadAsStringAsync(Token),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_BufferedByAMiddlewareInFront_IsStored()
    {
        await using var app = await DeferredApp.StartAsync("Queues:posts:Workers=1", app =>
        {
            app.UseRouting();
            app.Use(async (context, next) =>
            {
                context.Request.EnableBuffering();
                await new StreamReader(context.Request.Body).ReadToEndAsync();
                await next(context);
            });
            app.UseQueuedAdmission();
            app.MapPost("/posts", async (Stream body) => await new StreamReader(body).ReadToEndAsync())
                .WithQueue("posts").Defer();
        });

        var job = await app.AcceptAsync("/posts", new StringContent("text"));
        await app.RunAllAsync();

        Assert.Equal("text", await app.Client.GetStringAsync($"{job}/response", Token));
    }

    [Fact]
    public async Task MaxWaiting_Reached_IsRefusedWithDeferredFull()
    {
        await using var app = await StartAsync(
            posts => posts.MapPost("/posts", () => { }).WithQueue("posts").Defer(),
            "Queues:posts:Deferred:MaxWaiting=2 Queues:posts:Deferred:Run=false");
        await app.AcceptAsync("/posts");
        await app.AcceptAsync("/posts");

        using var refused = await app.SendAsync(HttpMethod.Post, "/posts");

        await AssertRefusedAsync(refused, "deferred_full");
    }

    [Fact]
    public async Task MaxAccepting_Reached_IsRefusedWithAcceptingFull()
    {
        var entered = new SemaphoreSlim(0);
        var exit = new SemaphoreSlim(0);
        await using var app = await StartAsync(
            posts => posts.MapPost("/posts", () => { })
                .AddEndpointFilter(async (context, next) =>
                {
                    entered.Release();
                    await exit.WaitAsync(Token);
                    return await next(context);
                })
                .WithQueue("posts").Defer(),
            "Queues:posts:Deferred:MaxAccepting=1 Queues:posts:Deferred:Run=false");

        var first = app.SendAsync(HttpMethod.Post, "/posts");
        await entered.WaitAsync(Token);
        using var refused = await app.SendAsync(HttpMethod.Post, "/posts");
        exit.Release(2);
        using var accepted = await first;
        using var next = await app.SendAsync(HttpMethod.Post, "/posts");

        await AssertRefusedAsync(refused, "accepting_full");
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (accepted.StatusCode, next.StatusCode));
    }

    [Theory]
    [InlineData(JobStoreProblem.Unreachable)]
    [InlineData(JobStoreProblem.Full)]
    public async Task Store_Away_IsRefusedAndLoggedOnce(JobStoreProblem problem)
    {
        await using var app = await StartAsync(posts => posts.MapPost("/posts", () => { }).WithQueue("posts").Defer());
        await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        app.Store.GoAway(problem);
        for (var i = 0; i < 3; i++)
        {
            using var refused = await app.SendAsync(HttpMethod.Post, "/posts");
            await AssertRefusedAsync(refused, "deferred_unavailable");
        }
        var problemSeen = app.Jobs.Outage!.Problem;
        app.Store.ComeBack();
        await app.AcceptAsync("/posts");

        Assert.Equal(problem, problemSeen);
        Assert.Null(app.Jobs.Outage);
        Assert.Equal(1, app.Log.GetSnapshot().Count(line => line.Id.Name == "JobStoreAway"));
        Assert.Equal(1, app.Log.GetSnapshot().Count(line => line.Id.Name == "JobStoreBack"));
        Assert.Equal(2, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    [Fact]
    public async Task Store_AwayAtStart_IsRefusedUntilItIsBack()
    {
        var store = new QueueAdmission.Testing.InMemoryJobStore();
        store.GoAway();
        await using var app = await DeferredApp.StartAsync(
            "Queues:posts:Workers=1",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapPost("/posts", () => { }).WithQueue("posts").Defer();
            },
            store: store);

        using var refused = await app.SendAsync(HttpMethod.Post, "/posts");
        store.ComeBack();
        app.Clock.Advance(TimeSpan.FromSeconds(1));

        await AssertRefusedAsync(refused, "deferred_unavailable");
        await Eventually.TrueAsync(
            () => app.App.Services.GetRequiredService<DeferredJobs>().Access.Protector is not null);
        await app.AcceptAsync("/posts");
    }

    [Fact]
    public async Task Rejected_FreeWorker_RunsAtOnce()
    {
        await using var app = await StartAsync(
            posts => posts.MapPost("/posts", () => "now").WithQueue("posts").Defer(DeferWhen.Rejected));

        using var response = await app.SendAsync(HttpMethod.Post, "/posts", new StringContent("x"));

        Assert.Equal("now", await response.Content.ReadAsStringAsync(Token));
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Fact]
    public async Task Rejected_QueueIsFull_IsAcceptedAndRunsLater()
    {
        var exit = new SemaphoreSlim(0);
        await using var app = await StartAsync(
            posts => posts.MapPost("/posts", async (HttpContext context) =>
            {
                await exit.WaitAsync(Token);
                return await new StreamReader(context.Request.Body).ReadToEndAsync();
            }).WithQueue("posts").Defer(DeferWhen.Rejected),
            "Queues:posts:Workers=1 Queues:posts:PartitionCapacity=0");

        var first = app.SendAsync(HttpMethod.Post, "/posts", new StringContent("one"));
        await Eventually.TrueAsync(() => app.Queue("posts").GetSnapshot().Running == 1);
        var job = await app.AcceptAsync("/posts", new StringContent("two"));
        exit.Release(2);
        using var direct = await first;
        await app.RunAllAsync();

        Assert.Equal("one", await direct.Content.ReadAsStringAsync(Token));
        Assert.Equal("two", await app.Client.GetStringAsync($"{job}/response", Token));
    }

    [Fact]
    public async Task Rejected_StoreIsAway_IsAnsweredAsByTheQueue()
    {
        await using var app = await StartAsync(
            posts => posts.MapPost("/posts", () => { }).WithQueue("posts").Defer(DeferWhen.Rejected),
            "Queues:posts:Workers=1 Queues:posts:PartitionCapacity=0");
        using var worker = app.Queue("posts").TryEnter();
        app.Store.GoAway();

        using var refused = await app.SendAsync(HttpMethod.Post, "/posts", new StringContent("x"));

        await AssertRefusedAsync(refused, "queue_full");
    }

    [Fact]
    public async Task Rejected_CallerIsOverItsLimit_StaysRefused()
    {
        await using var app = await StartAsync(
            posts => posts.MapPost("/posts", () => { }).WithQueue("posts").Defer(DeferWhen.Rejected),
            "Queues:posts:Workers=2 Queues:posts:PartitionBy=Header:X-Key "
            + "Queues:posts:MaxWorkersPerKey=1 Queues:posts:MaxWaitingPerKey=0");
        using var worker = await app.Queue("posts").EnterAsync(new JobTraits { Key = "a" }, Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/posts") { Headers = { { "X-Key", "a" } } };

        using var refused = await app.SendAsync(request);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Fact]
    public async Task Rejected_QueueDrains_StaysRefused()
    {
        await using var app = await StartAsync(
            posts => posts.MapPost("/posts", () => { }).WithQueue("posts").Defer(DeferWhen.Rejected));
        await app.Queue("posts").DrainAsync(Token);

        using var refused = await app.SendAsync(HttpMethod.Post, "/posts", new StringContent("x"));

        await AssertRefusedAsync(refused, "draining");
    }

    [Fact]
    public async Task Always_AllWorkersBusy_TakesNoneOfThem()
    {
        await using var app = await StartAsync(
            posts => posts.MapPost("/posts", () => { }).WithQueue("posts").Defer(),
            "Queues:posts:Workers=1 Queues:posts:PartitionCapacity=0");
        using var worker = app.Queue("posts").TryEnter();

        await app.AcceptAsync("/posts");

        Assert.Equal(0, app.Queue("posts").GetSnapshot().Rejected);
    }

    [Fact]
    public async Task Rejection_OfADeferredRequest_ReachesTheHookOfTheApplication()
    {
        IQueueRejectionFeature? seen = null;
        await using var app = await DeferredApp.StartAsync(
            "Queues:posts:Deferred:MaxWaiting=1 Queues:posts:Deferred:Run=false",
            app =>
            {
                app.Use(async (context, next) =>
                {
                    await next(context);
                    seen = context.Features.Get<IQueueRejectionFeature>() ?? seen;
                });
                app.UseRouting().UseQueuedAdmission();
                app.MapPost("/posts", () => { }).WithQueue("posts").Defer();
            });
        await app.AcceptAsync("/posts");

        using var refused = await app.SendAsync(HttpMethod.Post, "/posts");

        Assert.Equal(("posts", RejectionReason.DeferredFull), (seen!.QueueName, seen.Reason));
        Assert.Equal(seen.RetryAfter, refused.Headers.RetryAfter!.Delta);
    }

    private static Task<DeferredApp> StartAsync(
        Action<WebApplication> map, string settings = "Queues:posts:Workers=1") =>
        DeferredApp.StartAsync(settings, app =>
        {
            app.UseRouting().UseQueuedAdmission();
            map(app);
        });

    private static async Task AssertRefusedAsync(HttpResponseMessage response, string reason)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Contains($"\"{reason}\"", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static StringContent Json(string text) =>
        new($$"""{"text":"{{text}}"}""", Encoding.UTF8, "application/json");

    private sealed record Post(string Text);

    /// <summary>A body of unknown length, which is therefore sent in chunks.</summary>
    private sealed class UnknownLength(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override bool CanSeek => false;
    }
}

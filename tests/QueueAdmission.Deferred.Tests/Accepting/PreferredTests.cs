using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Deferred.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Accepting;

public sealed class PreferredTests
{
    private readonly SemaphoreSlim _exit = new(0);
    private int _ran;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("wait=5")]
    [InlineData("return=minimal")]
    [InlineData("respond-async=false, wait=5")]
    public async Task Request_WithoutThePreference_RunsAtOnce(string? prefer)
    {
        await using var app = await StartAsync(() => "real");

        using var response = await PostAsync(app, prefer);

        Assert.Equal("real", await response.Content.ReadAsStringAsync(Token));
        Assert.False(response.Headers.Contains("Preference-Applied"));
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Fact]
    public async Task Request_WithoutThePreferenceAndNoRoom_IsRefused()
    {
        await using var app = await StartAsync(() => "real", "Queues:reports:Workers=1 Queues:reports:PartitionCapacity=0");
        using var worker = app.Queue("reports").TryEnter();

        using var response = await PostAsync(app, prefer: null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Fact]
    public async Task Outcome_InTime_IsTheRealAnswerOfTheJob()
    {
        await using var app = await StartAsync((HttpContext context) =>
        {
            Interlocked.Increment(ref _ran);
            context.Response.Headers["X-Job"] = $"{context.Features.Get<IDeferredJobFeature>()!.JobId:N}";
            context.Response.Headers.Vary = "Accept-Encoding";
            context.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = "Made";
            context.Response.Cookies.Append("session", "secret");
            return TypedResults.Created("/reports/7", "real");
        });

        using var response = await PostAsync(app, "respond-async, wait=5");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("Made", response.ReasonPhrase);
        Assert.Equal("/reports/7", response.Headers.Location!.OriginalString);
        Assert.Equal("\"real\"", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal("wait=5", Assert.Single(response.Headers.GetValues("Preference-Applied")));
        Assert.Equal(["Accept-Encoding", "Prefer"], response.Headers.Vary);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Null(response.Headers.CacheControl);
        var queue = Assert.Single(await app.Jobs.ReadQueuesAsync());
        Assert.Equal((1, 1, 1), (queue.Accepted, queue.Done, _ran));
        var job = Assert.Single(response.Headers.GetValues("X-Job"));
        Assert.Equal("\"real\"", await app.Client.GetStringAsync($"/jobs/{job}/response", Token));
    }

    [Theory]
    [InlineData(204)]
    [InlineData(303)]
    [InlineData(422)]
    public async Task Outcome_InTime_KeepsItsStatus(int status)
    {
        await using var app = await StartAsync(() => Results.StatusCode(status));

        using var response = await PostAsync(app, "respond-async, wait=5");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(["Prefer"], response.Headers.Vary);
        Assert.Equal(status != 204, response.Content.Headers.Contains("Content-Length"));
    }

    [Fact]
    public async Task Outcome_HandlerVariesByPrefer_SaysItOnce()
    {
        await using var app = await StartAsync((HttpContext context) => context.Response.Headers.Vary = "Accept, prefer");

        using var response = await PostAsync(app, "respond-async, wait=5");

        Assert.Equal(["Accept", "prefer"], response.Headers.Vary);
    }

    [Fact]
    public async Task Outcome_BeforeTheAnswerOfTheStore_IsNotMissed()
    {
        SlowStore? store = null;
        await using var app = await StartAsync(() => "real", wrap: inner => store = new SlowStore(inner));

        var waiting = PostAsync(app, "respond-async, wait=5");
        await Eventually.TrueAsync(() => store is { HasStored: true });
        // The node finds the job while the request does not know yet that it is stored.
        await app.RunAllAsync();
        store!.Answer();
        using var response = await waiting;

        Assert.Equal("real", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Outcome_StoreDoesNotHaveTheEnd_IsNotTold()
    {
        ForgetfulStore? store = null;
        await using var app = await StartAsync(
            () => $"run {Interlocked.Increment(ref _ran)}", wrap: inner => store = new ForgetfulStore(inner));

        var waiting = PostAsync(app, "respond-async, wait=5");
        await Eventually.TrueAsync(() => store is { HasFailed: true });
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        using var response = await waiting;

        var job = await AssertAcceptedAsync(response, "running", "respond-async, wait=5");
        store!.Recover();
        await app.RunAllAsync();
        Assert.Equal("run 1", await app.Client.GetStringAsync($"{job}/response", Token));
    }

    [Fact]
    public async Task Outcome_IsBeingWritten_ItsPlaceIsFree()
    {
        using var mayWrite = new SemaphoreSlim(0);
        var isWriting = false;
        await using var app = await DeferredApp.StartAsync("Queues:reports:Workers=1", app =>
        {
            app.Use((context, next) =>
            {
                context.Response.OnStarting(() =>
                {
                    Volatile.Write(ref isWriting, true);
                    return mayWrite.WaitAsync(Token);
                });
                return next(context);
            });
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/reports", () => "real").WithQueue("reports").Defer(DeferWhen.Preferred);
        });

        var waiting = PostAsync(app, "respond-async, wait=5");
        await Eventually.TrueAsync(() => Volatile.Read(ref isWriting));
        var taken = (Outcomes(app).Count, StateOf(app).OutcomeSlots.Taken);
        mayWrite.Release();
        using var response = await waiting;

        Assert.Equal((0, 0), taken);
        Assert.Equal("real", await response.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("respond-async", "respond-async")]
    [InlineData("respond-async, wait=0", "respond-async, wait=0")]
    [InlineData("respond-async, wait=soon", "respond-async")]
    public async Task Preference_WithoutAWait_IsAcceptedAtOnce(string prefer, string applied)
    {
        await using var app = await StartAsync(GatedAsync);

        using var response = await PostAsync(app, prefer);

        await AssertAcceptedAsync(response, "waiting", applied);
        Assert.Equal(0, Outcomes(app).Count);
        _exit.Release();
        await app.RunAllAsync();
    }

    [Fact]
    public async Task Outcome_JustInTime_IsTheRealAnswer()
    {
        await using var app = await StartAsync(GatedAsync);

        var waiting = PostAsync(app, "respond-async, wait=5");
        await RunningAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(4.9));
        _exit.Release();
        using var response = await waiting;

        Assert.Equal("real text", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Outcome_TooLate_IsAcceptedAndTheJobGoesOnOnce()
    {
        await using var app = await StartAsync(GatedAsync);

        var waiting = PostAsync(app, "respond-async, wait=5");
        await RunningAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        using var response = await waiting;

        var job = await AssertAcceptedAsync(response, "running", "respond-async, wait=5");
        _exit.Release();
        await app.RunAllAsync();
        Assert.Equal("real text", await app.Client.GetStringAsync($"{job}/response", Token));
        Assert.Equal(1, _ran);
        Assert.Equal((0, 0), (Outcomes(app).Count, StateOf(app).OutcomeSlots.Taken));
    }

    [Fact]
    public async Task Wait_CountsFromTheArrivalOfTheRequest()
    {
        await using var app = await StartWithFilterAsync(GatedAsync, (context, next) =>
        {
            if (context.HttpContext.Features.Get<IDeferredJobFeature>() is null)
                Clock(context.HttpContext).Advance(TimeSpan.FromSeconds(3));
            return next(context);
        });

        var waiting = PostAsync(app, "respond-async, wait=5");
        await RunningAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(waiting.IsCompleted);
        app.Clock.Advance(TimeSpan.FromSeconds(0.1));
        using var response = await waiting;

        await AssertAcceptedAsync(response, "running", "respond-async, wait=5");
        _exit.Release();
    }

    [Fact]
    public async Task Wait_IsOverBeforeTheJobIsStored_IsAcceptedAtOnce()
    {
        await using var app = await StartWithFilterAsync(GatedAsync, (context, next) =>
        {
            if (context.HttpContext.Features.Get<IDeferredJobFeature>() is null)
                Clock(context.HttpContext).Advance(TimeSpan.FromSeconds(5));
            return next(context);
        });

        using var response = await PostAsync(app, "respond-async, wait=5");

        await AssertAcceptedAsync(response, "waiting", "respond-async, wait=5");
        _exit.Release();
    }

    [Fact]
    public async Task Outcome_BehindABacklog_IsAcceptedAfterTheWait()
    {
        await using var app = await StartAsync(GatedAsync);
        using var worker = app.Queue("reports").TryEnter();

        var waiting = PostAsync(app, "respond-async, wait=5");
        await WaitingAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        using var response = await waiting;

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(0, _ran);
        _exit.Release();
    }

    [Fact]
    public async Task Wait_BeyondTheLimit_IsTheLimit()
    {
        await using var app = await StartAsync(GatedAsync, "Queues:reports:Workers=1 Queues:reports:Deferred:MaxPreferWait=00:00:02");

        var waiting = PostAsync(app, "respond-async, wait=100");
        await WaitingAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        using var response = await waiting;

        await AssertAcceptedAsync(response, state: null, "respond-async, wait=2");
        _exit.Release();
    }

    [Fact]
    public async Task Waiters_BeyondTheLimit_AreAcceptedAtOnce()
    {
        await using var app = await StartAsync(
            GatedAsync, "Queues:reports:Workers=1 Queues:reports:Deferred:MaxPreferWaiters=1");

        var waiting = PostAsync(app, "respond-async, wait=5");
        await RunningAsync(app);
        using var beyond = await PostAsync(app, "respond-async, wait=5");
        _exit.Release(3);
        using var first = await waiting;
        await app.RunAllAsync();
        using var next = await PostAsync(app, "respond-async, wait=5");

        await AssertAcceptedAsync(beyond, "waiting", "respond-async, wait=5");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, next.StatusCode));
    }

    [Fact]
    public async Task Waiter_HoldsNoSlotOfAcceptingAndNoBody()
    {
        HttpContext? seen = null;
        await using var app = await DeferredApp.StartAsync("Queues:reports:Workers=1 Queues:reports:Deferred:MaxAccepting=1", app =>
        {
            app.Use((context, next) =>
            {
                seen = context;
                return next(context);
            });
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/reports", (Delegate)GatedAsync).WithQueue("reports").Defer(DeferWhen.Preferred);
        });
        var budget = app.App.Services.GetRequiredService<DeferredJobs>().Bodies;

        var waiting = PostAsync(app, "respond-async, wait=5");
        await RunningAsync(app);

        Assert.Equal(0, StateOf(app).AcceptingSlots.Taken);
        Assert.Same(Stream.Null, seen!.Request.Body);
        Assert.True(budget.TryTake(256L * 1024 * 1024));
        budget.Return(256L * 1024 * 1024);
        _exit.Release();
        using var response = await waiting;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Client_LeavesWhileItWaits_TheJobGoesOn()
    {
        await using var app = await StartAsync(GatedAsync);
        using var leaving = new CancellationTokenSource();
        using var request = Request("respond-async, wait=5");

        var waiting = app.SendAsync(request, leaving.Token);
        await RunningAsync(app);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.TrueAsync(() => Outcomes(app).Count == 0);
        _exit.Release();
        await app.RunAllAsync();

        Assert.Equal(1, Assert.Single(await app.Jobs.ReadQueuesAsync()).Done);
        Assert.Equal((1, 0), (_ran, StateOf(app).OutcomeSlots.Taken));
    }

    [Fact]
    public async Task Request_TimesOutWhileItWaits_IsAccepted()
    {
        using var timeout = new CancellationTokenSource();
        await using var app = await DeferredApp.StartAsync("Queues:reports:Workers=1", app =>
        {
            app.UseRouting();
            app.Use((context, next) =>
            {
                // As UseRequestTimeouts does it.
                if (context.Request.Path == "/reports")
                    context.RequestAborted = timeout.Token;
                return next(context);
            });
            app.UseQueuedAdmission();
            app.MapPost("/reports", (Delegate)GatedAsync).WithQueue("reports").Defer(DeferWhen.Preferred);
        });

        var waiting = PostAsync(app, "respond-async, wait=5");
        await RunningAsync(app);
        await timeout.CancelAsync();
        using var response = await waiting;

        await AssertAcceptedAsync(response, "waiting", "respond-async, wait=5");
        _exit.Release();
    }

    [Fact]
    public async Task Attempt_FailsInTime_TheNextOneAnswers()
    {
        await using var app = await StartAsync(
            () => Interlocked.Increment(ref _ran) == 1 ? Results.StatusCode(500) : Results.Text("second"),
            "Queues:reports:Workers=1 Queues:reports:Deferred:RetryDelay=00:00:01");

        var waiting = PostAsync(app, "respond-async, wait=20");
        await Eventually.TrueAsync(() => app.Log.GetSnapshot().Any(line => line.Id.Name == "JobRetried"));
        await app.RunAllAsync();
        Assert.False(waiting.IsCompleted);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        using var response = await waiting;

        Assert.Equal("second", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(2, _ran);
    }

    [Fact]
    public async Task Attempt_FailsAndTheNextBeginsWithTheSameCall_IsKnownAsRunning()
    {
        var clock = new FakeTimeProvider();
        await using var app = await StartAsync(
            async () =>
            {
                if (Interlocked.Increment(ref _ran) == 1)
                    return Results.StatusCode(500);
                await _exit.WaitAsync(Token);
                return Results.Text("second");
            },
            "Queues:reports:Workers=1 Queues:reports:Deferred:RetryDelay=00:00:00.001",
            wrap: inner => new TickingStore(inner, clock),
            clock: clock);

        var waiting = PostAsync(app, "respond-async, wait=5");
        await Eventually.TrueAsync(() => Volatile.Read(ref _ran) == 2);
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        using var response = await waiting;
        _exit.Release();

        await AssertAcceptedAsync(response, "running", "respond-async, wait=5");
    }

    [Fact]
    public async Task Job_BecomesADeadLetter_IsAcceptedAndSaysSo()
    {
        await using var app = await StartAsync(
            () => Results.StatusCode(500), "Queues:reports:Workers=1 Queues:reports:Deferred:MaxAttempts=1");

        using var response = await PostAsync(app, "respond-async, wait=5");

        await AssertAcceptedAsync(response, "dead", "respond-async, wait=5");
        Assert.Null(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Job_IsCancelledWhileItWaits_IsAcceptedAndSaysSo()
    {
        await using var app = await StartAsync(GatedAsync, "Queues:reports:Deferred:Run=false");
        var key = $"\"{Guid.NewGuid()}\"";

        var waiting = PostAsync(app, "respond-async, wait=5", key);
        await WaitingAsync(app);
        using var other = await PostAsync(app, "respond-async", key);
        using var cancelled = await app.SendAsync(HttpMethod.Delete, other.Headers.Location!.OriginalString);
        using var response = await waiting;

        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        Assert.Equal(other.Headers.Location, response.Headers.Location);
        await AssertAcceptedAsync(response, "cancelled", "respond-async, wait=5");
    }

    [Fact]
    public async Task Job_RunsOnAnotherNode_TheOutcomeIsLookedUp()
    {
        var store = new InMemoryJobStore();
        await using var accepting = await StartAsync(
            GatedAsync, "Queues:reports:Deferred:Run=false Queues:reports:Deferred:MaxPreferWait=00:01:00", store);
        await using var running = await StartAsync(() => $"run {Interlocked.Increment(ref _ran)}", "Queues:reports:Workers=1", store);

        var waiting = PostAsync(accepting, "respond-async, wait=60");
        await Eventually.TrueAsync(() => Volatile.Read(ref _ran) == 1);
        await running.RunAllAsync();
        Assert.False(waiting.IsCompleted);
        accepting.Clock.Advance(Deferred.Outcomes.LookUpInterval);
        using var response = await waiting;

        Assert.Equal("run 1", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Application_StopsWhileARequestWaits_IsAcceptedAtOnce()
    {
        await using var app = await StartAsync(GatedAsync);

        var waiting = PostAsync(app, "respond-async, wait=5");
        await RunningAsync(app);
        var stopping = app.App.StopAsync(Token);
        using var response = await waiting;
        _exit.Release();
        await stopping;

        await AssertAcceptedAsync(response, "running", "respond-async, wait=5");
        Assert.Equal(1, _ran);
    }

    [Fact]
    public async Task Response_TooLargeToKeep_IsAcceptedAndSaysThatItIsDone()
    {
        await using var app = await StartAsync(() => "four", "Queues:reports:Deferred:MaxResponseSize=3");

        using var response = await PostAsync(app, "respond-async, wait=5");

        await AssertAcceptedAsync(response, "done", "respond-async, wait=5");
        Assert.Null(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData(true, "deferred_unavailable")]
    [InlineData(false, "deferred_full")]
    public async Task Request_ThatIsNotStored_IsRefusedAndDoesNotWait(bool isAway, string reason)
    {
        await using var app = await StartAsync(
            GatedAsync, "Queues:reports:Deferred:Run=false Queues:reports:Deferred:MaxWaiting=1");
        using var accepted = await PostAsync(app, "respond-async");
        if (isAway)
            app.Store.GoAway();

        using var refused = await PostAsync(app, "respond-async, wait=5");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains($"\"{reason}\"", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal((0, 0), (Outcomes(app).Count, StateOf(app).OutcomeSlots.Taken));
    }

    [Fact]
    public async Task Request_ThatCannotBeBound_IsAnsweredAtOnce()
    {
        await using var app = await StartAsync((Post post) => post.Text);

        using var response = await PostAsync(app, "respond-async, wait=5");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
        Assert.Equal(0, Outcomes(app).Count);
    }

    [Fact]
    public async Task Filter_ReplacesTheAnswer_NothingGoesOnWaiting()
    {
        await using var app = await DeferredApp.StartAsync("Queues:reports:Deferred:Run=false", app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/reports", () => { })
                .AddEndpointFilter(async (context, next) =>
                {
                    await next(context);
                    return Results.Text("mine");
                })
                .WithQueue("reports").Defer(DeferWhen.Preferred);
        });

        using var response = await PostAsync(app, "respond-async, wait=5");

        Assert.Equal("mine", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal((0, 0), (Outcomes(app).Count, StateOf(app).OutcomeSlots.Taken));
    }

    [Theory]
    [InlineData("respond-async", 202)]
    [InlineData("respond-async, wait=5", null)]
    public async Task Filter_SeesTheStatusIfItIsKnown(string prefer, int? expected)
    {
        int? seen = 0;
        await using var app = await StartWithFilterAsync(() => "real", async (context, next) =>
        {
            var answer = await next(context);
            if (context.HttpContext.Features.Get<IDeferredJobFeature>() is null)
                seen = Assert.IsAssignableFrom<IStatusCodeHttpResult>(answer).StatusCode;
            return answer;
        });

        using var response = await PostAsync(app, prefer);

        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Filter_CallsTheNextOneTwice_IsOneJob()
    {
        await using var app = await StartWithFilterAsync(() => "real", async (context, next) =>
        {
            await next(context);
            return await next(context);
        });

        using var response = await PostAsync(app, "respond-async, wait=5");

        Assert.Equal("real", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(1, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
        Assert.Equal((0, 0), (Outcomes(app).Count, StateOf(app).OutcomeSlots.Taken));
    }

    [Fact]
    public async Task Controller_Preferred_GivesTheRealAnswer()
    {
        await using var app = await DeferredApp.StartAsync(
            "Queues:posts:Workers=1",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapControllers();
            },
            services => services.AddControllers().Only(typeof(PreferredController)));
        using var request = Request("respond-async, wait=5", $"\"{Guid.NewGuid()}\"", "/preferred-action");

        using var response = await app.SendAsync(request);

        Assert.Equal("job", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(1, Assert.Single(await app.Jobs.ReadQueuesAsync()).Done);
    }

    private static Outcomes Outcomes(DeferredApp app) => app.App.Services.GetRequiredService<DeferredJobs>().Outcomes;

    private static DeferredQueueState StateOf(DeferredApp app) =>
        app.App.Services.GetRequiredService<DeferredJobs>().StateOf("reports");

    private static FakeTimeProvider Clock(HttpContext context) =>
        (FakeTimeProvider)context.RequestServices.GetRequiredService<TimeProvider>();

    private static Task<DeferredApp> StartAsync(
        Delegate handler,
        string settings = "Queues:reports:Workers=1",
        InMemoryJobStore? store = null,
        Func<IJobStore, IJobStore>? wrap = null,
        FakeTimeProvider? clock = null) =>
        DeferredApp.StartAsync(
            settings,
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapPost("/reports", handler).WithQueue("reports").Defer(DeferWhen.Preferred);
            },
            store: store,
            wrap: wrap,
            clock: clock);

    private static Task<DeferredApp> StartWithFilterAsync(
        Delegate handler, Func<EndpointFilterInvocationContext, EndpointFilterDelegate, ValueTask<object?>> filter) =>
        DeferredApp.StartAsync("Queues:reports:Workers=1", app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/reports", handler).AddEndpointFilter(filter).WithQueue("reports").Defer(DeferWhen.Preferred);
        });

    private static async Task<HttpResponseMessage> PostAsync(DeferredApp app, string? prefer, string? key = null)
    {
        using var request = Request(prefer, key);
        return await app.SendAsync(request);
    }

    private static HttpRequestMessage Request(string? prefer, string? key = null, string path = "/reports")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("text") };
        if (prefer is not null)
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return request;
    }

    private static async Task<string> AssertAcceptedAsync(HttpResponseMessage response, string? state, string applied)
    {
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        if (state is not null)
            Assert.Equal(state, body.GetProperty("state").GetString());
        Assert.Equal(applied, Assert.Single(response.Headers.GetValues("Preference-Applied")));
        Assert.Equal(["Prefer"], response.Headers.Vary);
        Assert.True(response.Headers.CacheControl!.NoStore);
        if (state is null or "waiting" or "running")
            Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(body.GetProperty("status").GetString(), response.Headers.Location!.OriginalString);
        return response.Headers.Location.OriginalString;
    }

    private static Task WaitingAsync(DeferredApp app) => Eventually.TrueAsync(() => Outcomes(app).Count == 1);

    private async Task RunningAsync(DeferredApp app)
    {
        await WaitingAsync(app);
        await Eventually.TrueAsync(() => Volatile.Read(ref _ran) == 1);
    }

    private async Task<string> GatedAsync(HttpContext context)
    {
        Interlocked.Increment(ref _ran);
        await _exit.WaitAsync(context.RequestAborted);
        return $"real {await new StreamReader(context.Request.Body).ReadToEndAsync(Token)}";
    }

    private sealed record Post(string Text);

    /// <summary>Has jobs before it says so.</summary>
    private sealed class SlowStore(IJobStore inner) : StoreDouble(inner)
    {
        private readonly ManualResetEventSlim _mayAnswer = new();

        public bool HasStored { get; private set; }

        public void Answer() => _mayAnswer.Set();

        public override IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
        {
            var result = base.Accept(jobs);
            HasStored = true;
            _mayAnswer.Wait(TimeSpan.FromSeconds(30));
            return result;
        }
    }

    /// <summary>Writes no ends until it recovers.</summary>
    private sealed class ForgetfulStore(IJobStore inner) : StoreDouble(inner)
    {
        private volatile bool _hasRecovered;

        public bool HasFailed { get; private set; }

        public void Recover() => _hasRecovered = true;

        public override JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims)
        {
            if (ends.Count > 0 && !_hasRecovered)
            {
                HasFailed = true;
                throw new JobStoreException(JobStoreProblem.Unreachable, "The ends are not written.");
            }
            return base.Advance(node, ends, claims);
        }
    }

    /// <summary>Takes some time between the ends and the claims of one call.</summary>
    private sealed class TickingStore(IJobStore inner, FakeTimeProvider clock) : StoreDouble(inner)
    {
        public override JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims)
        {
            var ended = base.Advance(node, ends, []);
            clock.Advance(TimeSpan.FromMilliseconds(10));
            var claimed = base.Advance(node, [], claims);
            return new JobAdvance { Ends = ended.Ends, Jobs = claimed.Jobs, NextDue = claimed.NextDue };
        }
    }
}

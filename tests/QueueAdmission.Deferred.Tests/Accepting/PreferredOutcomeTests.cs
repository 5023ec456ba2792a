using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Deferred.Doubles;
using QueueAdmission.Testing;
using static QueueAdmission.Deferred.Doubles.PreferredRequests;

namespace QueueAdmission.Deferred.Accepting;

/// <summary>Verifies how a request with a preference is answered, depending on the outcome of its job.</summary>
public sealed class PreferredOutcomeTests
{
    private readonly GatedHandler _handler = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outcome_InTime_IsTheRealAnswerOfTheJob()
    {
        await using var app = await StartAsync((HttpContext context) =>
        {
            _handler.Enter();
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
        Assert.Equal((1, 1, 1), (queue.Accepted, queue.Done, _handler.Runs));
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
        await using var app = await StartAsync(
            (HttpContext context) => context.Response.Headers.Vary = "Accept, prefer");

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
        // The node finds the job before the request knows that the job is stored.
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
            () => $"run {_handler.Enter()}", wrap: inner => store = new ForgetfulStore(inner));

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
        var taken = (OutcomesOf(app).Count, StateOf(app).OutcomeSlots.Taken);
        mayWrite.Release();
        using var response = await waiting;

        Assert.Equal((0, 0), taken);
        Assert.Equal("real", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Attempt_FailsInTime_TheNextOneAnswers()
    {
        await using var app = await StartAsync(
            () => _handler.Enter() == 1 ? Results.StatusCode(500) : Results.Text("second"),
            "Queues:reports:Workers=1 Queues:reports:Deferred:RetryDelay=00:00:01");

        var waiting = PostAsync(app, "respond-async, wait=20");
        await Eventually.TrueAsync(() => app.Log.GetSnapshot().Any(line => line.Id.Name == "JobRetried"));
        await app.RunAllAsync();
        Assert.False(waiting.IsCompleted);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        using var response = await waiting;

        Assert.Equal("second", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(2, _handler.Runs);
    }

    [Fact]
    public async Task Attempt_FailsAndTheNextBeginsWithTheSameCall_IsKnownAsRunning()
    {
        var clock = new FakeTimeProvider();
        await using var app = await StartAsync(
            async () =>
            {
                if (_handler.Enter() == 1)
                    return Results.StatusCode(500);
                await _handler.ExitAsync(Token);
                return Results.Text("second");
            },
            "Queues:reports:Workers=1 Queues:reports:Deferred:RetryDelay=00:00:00.001",
            wrap: inner => new TickingStore(inner, clock),
            clock: clock);

        var waiting = PostAsync(app, "respond-async, wait=5");
        await Eventually.TrueAsync(() => _handler.Runs == 2);
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        using var response = await waiting;
        _handler.Release();

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
        await using var app = await StartAsync(_handler.EchoAsync, "Queues:reports:Deferred:Run=false");
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
            _handler.EchoAsync,
            "Queues:reports:Deferred:Run=false Queues:reports:Deferred:MaxPreferWait=00:01:00",
            store);
        await using var running = await StartAsync(() => $"run {_handler.Enter()}", "Queues:reports:Workers=1", store);

        var waiting = PostAsync(accepting, "respond-async, wait=60");
        await _handler.RunningAsync();
        await running.RunAllAsync();
        Assert.False(waiting.IsCompleted);
        accepting.Clock.Advance(Outcomes.LookUpInterval);
        using var response = await waiting;

        Assert.Equal("run 1", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Response_TooLargeToKeep_IsAcceptedAndSaysThatItIsDone()
    {
        await using var app = await StartAsync(() => "four", "Queues:reports:Deferred:MaxResponseSize=3");

        using var response = await PostAsync(app, "respond-async, wait=5");

        await AssertAcceptedAsync(response, "done", "respond-async, wait=5");
        Assert.Null(response.Headers.RetryAfter);
    }

    /// <summary>Stores jobs, and reports this only after a delay.</summary>
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

    /// <summary>Fails to write ends until it recovers.</summary>
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

    /// <summary>Advances the clock between the ends and the claims of one call.</summary>
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

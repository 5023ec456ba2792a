using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using QueueAdmission.Doubles;

namespace QueueAdmission;

/// <summary>
/// Verifies that a worker is released exactly when its job has ended, whatever happens to the context in the meantime.
/// </summary>
public sealed class AdmissionOwnershipTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handler_ThatATimeoutInFrontLeftBehind_KeepsItsWorkerUntilItEnds(bool http2)
    {
        Gate slow = new(), other = new();
        await using var app = await StartWithTimeoutAsync(slow, other);
        var (queue, client) = (app.Queue("q"), http2 ? app.Http2 : app.Client);

        using var timedOut = await client.GetAsync("/slow", TestContext.Current.CancellationToken);
        Assert.Equal(StatusCodes.Status504GatewayTimeout, (int)timedOut.StatusCode);
        Assert.Equal(1, queue.GetSnapshot().Running);
        // Kestrel uses the same context object for the next request on the connection.
        var next = client.GetAsync("/other", TestContext.Current.CancellationToken);
        await other.EnteredAsync(1);
        Assert.Equal(2, queue.GetSnapshot().Running);

        slow.LetOut();

        await Eventually.TrueAsync(() => queue.GetSnapshot().Running == 1);
        Assert.Equal(1, other.Inside);
        other.LetOut();
        (await next).Dispose();
        await Books.BalanceAsync(queue, ran: 2);
    }

    [Theory]
    [InlineData("admitted", false)]
    [InlineData("rejected", false)]
    [InlineData("abandoned", false)]
    [InlineData("admitted", true)]
    [InlineData("rejected", true)]
    [InlineData("abandoned", true)]
    public async Task Request_ThatATimeoutLeftBehindWhileItWaited_TouchesNoOtherRequest(
        string outcome, bool contextIsInUse)
    {
        Gate slow = new(), other = new(), free = new();
        var timeout = new TaskCompletionSource();
        using var cancelled = new CancellationTokenSource();
        var left = new TaskCompletionSource<Task>();
        await using var app = await TestApp.StartKestrelAsync("Queues:q:Workers=1 Queues:q:MaxWait=00:00:05", app =>
        {
            app.Use(async (context, next) =>
            {
                if (context.Request.Path != "/slow")
                {
                    await next(context);
                    return;
                }
                var before = context.RequestAborted;
                context.RequestAborted = cancelled.Token;
                left.SetResult(next(context));
                await timeout.Task;
                context.RequestAborted = before;
                context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
            });
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/slow", slow.PassAsync).WithQueue("q");
            app.MapGet("/other", other.PassAsync).WithQueue("q");
            app.MapGet("/free", async context =>
            {
                await free.PassAsync(context);
                await context.Response.WriteAsync("free");
            });
        });
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        var waiting = await app.GetAndWaitInLineAsync("/slow", queue);
        timeout.SetResult();
        Assert.Equal(StatusCodes.Status504GatewayTimeout, (int)(await waiting).StatusCode);
        var next = contextIsInUse ? app.GetStringAsync("/free") : Task.FromResult("free");
        if (contextIsInUse)
            await free.EnteredAsync(1);

        if (outcome == "admitted")
            occupied.Dispose();
        else if (outcome == "rejected")
            app.Clock.Advance(TimeSpan.FromSeconds(5));
        else
            await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await await left.Task);
        free.LetOut();
        Assert.Equal("free", await next);
        Assert.Equal(0, slow.Entered);
        occupied.Dispose();
        await Books.BalanceAsync(
            queue,
            ran: outcome == "admitted" ? 2 : 1,
            rejected: outcome == "rejected" ? 1 : 0,
            abandoned: outcome == "abandoned" ? 1 : 0);
    }

    [Theory]
    [InlineData("admitted")]
    [InlineData("rejected")]
    public async Task EnterQueue_OfAHandlerThatOutlivesItsRequest_TouchesNoOtherRequest(string outcome)
    {
        var free = new Gate();
        var left = new TaskCompletionSource<Task<QueueLease>>();
        bool? admittedFree = null;
        await using var app = await TestApp.StartKestrelAsync("Queues:q:Workers=1 Queues:q:MaxWait=00:00:05", app =>
        {
            app.MapGet("/leaves", context =>
            {
                left.SetResult(context.EnterQueueAsync("q").AsTask());
                return Task.CompletedTask;
            });
            app.MapGet("/free", async context =>
            {
                await free.PassAsync(context);
                admittedFree = EnteredQueues.All(context).Any();
                await context.Response.WriteAsync("free");
            });
            app.UseQueuedAdmission();
        });
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();
        (await app.GetAsync("/leaves")).Dispose();
        var next = app.GetStringAsync("/free");
        await free.EnteredAsync(1);

        if (outcome == "admitted")
            occupied.Dispose();
        else
            app.Clock.Advance(TimeSpan.FromSeconds(5));

        using var lease = await await left.Task;
        Assert.Equal(outcome == "admitted", lease.IsAdmitted);
        free.LetOut();
        Assert.Equal("free", await next);
        Assert.False(admittedFree);
    }

    [Fact]
    public async Task Feature_KeptBeyondItsRequest_ReleasesNoOther()
    {
        var gate = new Gate();
        IQueueFeature? kept = null;
        await using var app = await TestApp.StartKestrelAsync("Queues:q:Workers=1", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/keep", context =>
            {
                kept = context.Features.Get<IQueueFeature>();
                return Task.CompletedTask;
            }).WithQueue("q");
            app.MapGet("/next", gate.PassAsync).WithQueue("q");
        });
        var queue = app.Queue("q");
        (await app.GetAsync("/keep")).Dispose();
        await Eventually.TrueAsync(() => queue.GetSnapshot().Running == 0);
        var next = app.GetAsync("/next");
        await gate.EnteredAsync(1);

        Assert.False(kept!.ReleaseWorker());

        Assert.False(kept.HoldsWorker);
        Assert.Equal(1, queue.GetSnapshot().Running);
        gate.LetOut();
        (await next).Dispose();
        await Books.BalanceAsync(queue, ran: 2);
    }

    [Theory]
    [InlineData("same")]
    [InlineData("laid over")]
    [InlineData("copied")]
    public async Task WorkerReleased_ThroughAnotherContextOfTheRequest_IsGivenBackOnce(string kind)
    {
        var released = new List<bool>();
        await using var app = await TestApp.StartAsync("Queues:q:Workers=2", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", context =>
            {
                released.Add(Wrap(context, kind).ReleaseWorker());
                released.Add(Wrap(context, kind).ReleaseWorker());
                released.Add(context.ReleaseWorker());
                return Task.CompletedTask;
            }).WithQueue("q");
        });

        (await app.GetAsync("/")).Dispose();

        Assert.Equal([true, false, false], released);
        await Books.BalanceAsync(app.Queue("q"), ran: 1);
    }

    [Fact]
    public async Task ReleaseWorker_RacingWithTheEndOfTheHandler_GivesBackOnce()
    {
        const int Requests = 2_000;
        var early = 0;
        await using var app = await TestApp.StartAsync("Queues:q:Workers=4 Queues:q:PartitionCapacity=100", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", context =>
            {
                var feature = context.Features.Get<IQueueFeature>()!;
                for (var i = 0; i < 3; i++)
                    ThreadPool.QueueUserWorkItem(_ =>
                    {
                        if (feature.ReleaseWorker())
                            Interlocked.Increment(ref early);
                    });
                return Task.CompletedTask;
            }).WithQueue("q");
        });
        var queue = app.Queue("q");

        await Parallel.ForAsync(
            0, Requests, TestContext.Current.CancellationToken, async (_, _) => (await app.GetAsync("/")).Dispose());

        await Books.BalanceAsync(queue, ran: Requests);
        Assert.InRange(early, 0, Requests);
        var leases = Enumerable.Range(0, 5).Select(_ => queue.TryEnter()).ToList();
        Assert.Equal(4, leases.Count(lease => lease.IsAdmitted));
    }

    [Fact]
    public async Task ReleaseWorker_OnAContextThatIsOver_ReleasesNothing()
    {
        HttpContext? kept = null;
        await using var app = await TestApp.StartKestrelAsync("Queues:q:Workers=1", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/", context =>
            {
                kept = context;
                return Task.CompletedTask;
            }).WithQueue("q");
        });
        (await app.GetAsync("/")).Dispose();
        await Books.BalanceAsync(app.Queue("q"), ran: 1);

        Assert.False(kept!.ReleaseWorker());
    }

    [Theory]
    [InlineData("set feature")]
    [InlineData("upgrade feature")]
    [InlineData("response started")]
    [InlineData("null task")]
    public async Task ForeignCode_ThatThrowsAfterAWorkerWasTaken_CostsNoWorker(string fault)
    {
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1" + (fault == "response started" ? " " +
            "Queues:q:ReleaseOn=ResponseStart" : ""), app =>
            {
                app.UseRouting();
                app.Use(async (context, next) =>
                {
                    if (context.Request.Query.ContainsKey("fault"))
                    {
                        context.Features.Set<IHttpResponseFeature>(
                            new FaultyResponse(context.Features.Get<IHttpResponseFeature>()!, fault));
                    }
                    var inner = context.Request.Query.ContainsKey("fault")
                        ? new DefaultHttpContext(new FaultyFeatures(context.Features, fault))
                        : context;
                    await next(inner);
                });
                app.UseQueuedAdmission();
                app.Use(
                    (context, next) =>
                        fault == "null task" && context.Request.Query.ContainsKey("fault") ? null! : next(context));
                app.MapGet("/", () => "").WithQueue("q");
            });
        var queue = app.Queue("q");

        await Assert.ThrowsAnyAsync<Exception>(() => app.GetAsync("/?fault"));

        await Eventually.TrueAsync(() => queue.GetSnapshot().Running == 0);
        Assert.Equal("", await app.GetStringAsync("/"));
        Assert.Equal(0, queue.GetSnapshot().Running);
    }

    [Fact]
    public async Task RequestAborted_ThatThrows_LeavesNoWaiterBehind()
    {
        await using var app = await TestApp.StartAsync("Queues:q:Workers=1", app =>
        {
            app.UseRouting();
            app.Use((context, next) =>
            {
                context.Features.Set<IHttpRequestLifetimeFeature>(new FaultyLifetime());
                return next(context);
            });
            app.UseQueuedAdmission();
            app.MapGet("/", () => "").WithQueue("q");
        });
        var queue = app.Queue("q");
        using var occupied = queue.TryEnter();

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => app.GetAsync("/"));

        Assert.Equal(0, queue.GetSnapshot().Waiting);
    }

    /// <summary>
    /// Starts an application with a middleware that answers as soon as the slow handler runs, without waiting for it.
    /// </summary>
    private static Task<TestApp> StartWithTimeoutAsync(Gate slow, Gate other) =>
        TestApp.StartKestrelAsync("Queues:q:Workers=2", app =>
        {
            app.Use(async (context, next) =>
            {
                var rest = next(context);
                if (context.Request.Path == "/slow" && await Task.WhenAny(rest, slow.EnteredAsync(1)) != rest)
                    context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
                else
                    await rest;
            });
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/slow", slow.PassAsync).WithQueue("q");
            app.MapGet("/other", other.PassAsync).WithQueue("q");
        });

    private static HttpContext Wrap(HttpContext context, string kind)
    {
        if (kind == "same")
            return new DefaultHttpContext(context.Features);
        if (kind == "laid over")
            return new DefaultHttpContext(new FeatureCollection(context.Features));
        var copy = new FeatureCollection();
        foreach (var (type, feature) in context.Features)
            copy[type] = feature;
        return new DefaultHttpContext(copy);
    }

    private sealed class FaultyFeatures(
        IFeatureCollection inner, string fault) : FeatureCollection(inner), IFeatureCollection
    {
        object? IFeatureCollection.this[Type key]
        {
            get =>
                fault == "upgrade feature" && key == typeof(IHttpUpgradeFeature)
                ? throw new InvalidTimeZoneException()
                : this[key];
            set
            {
                if (fault == "set feature" && key == typeof(IQueueFeature))
                    throw new InvalidTimeZoneException();
                this[key] = value;
            }
        }
    }

    private sealed class FaultyResponse(IHttpResponseFeature inner, string fault) : IHttpResponseFeature
    {
        public Stream Body { get; set; } = Stream.Null;

        public bool HasStarted => fault == "response started" ? throw new InvalidTimeZoneException() : inner.HasStarted;

        public IHeaderDictionary Headers { get => inner.Headers; set => inner.Headers = value; }

        public string? ReasonPhrase { get => inner.ReasonPhrase; set => inner.ReasonPhrase = value; }

        public int StatusCode { get => inner.StatusCode; set => inner.StatusCode = value; }

        public void OnCompleted(Func<object, Task> callback, object state) => inner.OnCompleted(callback, state);

        public void OnStarting(Func<object, Task> callback, object state) => inner.OnStarting(callback, state);
    }

    private sealed class FaultyLifetime : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted
        {
            get => throw new InvalidTimeZoneException();
            set => throw new InvalidTimeZoneException();
        }

        public void Abort() => throw new InvalidTimeZoneException();
    }
}

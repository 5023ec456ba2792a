using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;
using static QueueAdmission.Deferred.Doubles.PreferredRequests;

namespace QueueAdmission.Deferred.Accepting;

/// <summary>Verifies how long a request with a preference waits for its job, and what ends the wait.</summary>
public sealed class PreferredWaitTests
{
    private readonly GatedHandler _handler = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outcome_JustInTime_IsTheRealAnswer()
    {
        await using var app = await StartAsync(_handler.EchoAsync);

        var waiting = PostAsync(app, "respond-async, wait=5");
        await _handler.RunningAsync();
        app.Clock.Advance(TimeSpan.FromSeconds(4.9));
        _handler.Release();
        using var response = await waiting;

        Assert.Equal("real text", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Outcome_TooLate_IsAcceptedAndTheJobGoesOnOnce()
    {
        await using var app = await StartAsync(_handler.EchoAsync);

        var waiting = PostAsync(app, "respond-async, wait=5");
        await _handler.RunningAsync();
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        using var response = await waiting;

        var job = await AssertAcceptedAsync(response, "running", "respond-async, wait=5");
        _handler.Release();
        await app.RunAllAsync();
        Assert.Equal("real text", await app.Client.GetStringAsync($"{job}/response", Token));
        Assert.Equal(1, _handler.Runs);
        Assert.Equal((0, 0), (OutcomesOf(app).Count, StateOf(app).OutcomeSlots.Taken));
    }

    [Fact]
    public async Task Wait_CountsFromTheArrivalOfTheRequest()
    {
        await using var app = await StartWithFilterAsync(_handler.EchoAsync, (context, next) =>
        {
            if (context.HttpContext.Features.Get<IDeferredJobFeature>() is null)
                Clock(context.HttpContext).Advance(TimeSpan.FromSeconds(3));
            return next(context);
        });

        var waiting = PostAsync(app, "respond-async, wait=5");
        await _handler.RunningAsync();
        app.Clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(waiting.IsCompleted);
        app.Clock.Advance(TimeSpan.FromSeconds(0.1));
        using var response = await waiting;

        await AssertAcceptedAsync(response, "running", "respond-async, wait=5");
        _handler.Release();
    }

    [Fact]
    public async Task Wait_IsOverBeforeTheJobIsStored_IsAcceptedAtOnce()
    {
        await using var app = await StartWithFilterAsync(_handler.EchoAsync, (context, next) =>
        {
            if (context.HttpContext.Features.Get<IDeferredJobFeature>() is null)
                Clock(context.HttpContext).Advance(TimeSpan.FromSeconds(5));
            return next(context);
        });

        using var response = await PostAsync(app, "respond-async, wait=5");

        await AssertAcceptedAsync(response, "waiting", "respond-async, wait=5");
        _handler.Release();
    }

    [Fact]
    public async Task Outcome_BehindABacklog_IsAcceptedAfterTheWait()
    {
        await using var app = await StartAsync(_handler.EchoAsync);
        using var worker = app.Queue("reports").TryEnter();

        var waiting = PostAsync(app, "respond-async, wait=5");
        await WaitingAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(5));
        using var response = await waiting;

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(0, _handler.Runs);
        _handler.Release();
    }

    [Fact]
    public async Task Wait_BeyondTheLimit_IsTheLimit()
    {
        await using var app = await StartAsync(
            _handler.EchoAsync, "Queues:reports:Workers=1 Queues:reports:Deferred:MaxPreferWait=00:00:02");

        var waiting = PostAsync(app, "respond-async, wait=100");
        await WaitingAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        using var response = await waiting;

        await AssertAcceptedAsync(response, state: null, "respond-async, wait=2");
        _handler.Release();
    }

    [Fact]
    public async Task Waiters_BeyondTheLimit_AreAcceptedAtOnce()
    {
        await using var app = await StartAsync(
            _handler.EchoAsync, "Queues:reports:Workers=1 Queues:reports:Deferred:MaxPreferWaiters=1");

        var waiting = PostAsync(app, "respond-async, wait=5");
        await _handler.RunningAsync();
        using var beyond = await PostAsync(app, "respond-async, wait=5");
        _handler.Release(3);
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
        const string Settings = "Queues:reports:Workers=1 Queues:reports:Deferred:MaxAccepting=1";
        await using var app = await DeferredApp.StartAsync(Settings, app =>
        {
            app.Use((context, next) =>
            {
                seen = context;
                return next(context);
            });
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/reports", (Delegate)_handler.EchoAsync).WithQueue("reports").Defer(DeferWhen.Preferred);
        });
        var budget = app.App.Services.GetRequiredService<DeferredJobs>().Bodies;

        var waiting = PostAsync(app, "respond-async, wait=5");
        await _handler.RunningAsync();

        Assert.Equal(0, StateOf(app).AcceptingSlots.Taken);
        Assert.Same(Stream.Null, seen!.Request.Body);
        Assert.True(budget.TryTake(256L * 1024 * 1024));
        budget.Return(256L * 1024 * 1024);
        _handler.Release();
        using var response = await waiting;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Client_LeavesWhileItWaits_TheJobGoesOn()
    {
        await using var app = await StartAsync(_handler.EchoAsync);
        using var leaving = new CancellationTokenSource();
        using var request = Request("respond-async, wait=5");

        var waiting = app.SendAsync(request, leaving.Token);
        await _handler.RunningAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Eventually.TrueAsync(() => OutcomesOf(app).Count == 0);
        _handler.Release();
        await app.RunAllAsync();

        Assert.Equal(1, Assert.Single(await app.Jobs.ReadQueuesAsync()).Done);
        Assert.Equal((1, 0), (_handler.Runs, StateOf(app).OutcomeSlots.Taken));
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
                // UseRequestTimeouts replaces the token in the same way.
                if (context.Request.Path == "/reports")
                    context.RequestAborted = timeout.Token;
                return next(context);
            });
            app.UseQueuedAdmission();
            app.MapPost("/reports", (Delegate)_handler.EchoAsync).WithQueue("reports").Defer(DeferWhen.Preferred);
        });

        var waiting = PostAsync(app, "respond-async, wait=5");
        await _handler.RunningAsync();
        await timeout.CancelAsync();
        using var response = await waiting;

        await AssertAcceptedAsync(response, "waiting", "respond-async, wait=5");
        _handler.Release();
    }

    [Fact]
    public async Task Application_StopsWhileARequestWaits_IsAcceptedAtOnce()
    {
        await using var app = await StartAsync(_handler.EchoAsync);

        var waiting = PostAsync(app, "respond-async, wait=5");
        await _handler.RunningAsync();
        var stopping = app.App.StopAsync(Token);
        using var response = await waiting;
        _handler.Release();
        await stopping;

        await AssertAcceptedAsync(response, "running", "respond-async, wait=5");
        Assert.Equal(1, _handler.Runs);
    }
}

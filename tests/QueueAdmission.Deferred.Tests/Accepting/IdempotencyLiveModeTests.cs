using System.Net;
using QueueAdmission.Deferred.Doubles;
using static QueueAdmission.Deferred.Doubles.KeyedPosts;

namespace QueueAdmission.Deferred.Accepting;

/// <summary>
/// Verifies idempotency keys on endpoints that defer a request only if its client prefers this or if it is rejected.
/// </summary>
public sealed class IdempotencyLiveModeTests
{
    private readonly KeyedPosts _posts = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DeferWhen.Preferred)]
    [InlineData(DeferWhen.Rejected)]
    public async Task Key_IgnoredInALiveMode_StoresNothing(DeferWhen when)
    {
        await using var app = await _posts.StartAsync(when: when, use: IdempotencyKeyUse.Ignored);

        using var first = await PostAsync(app, Key);
        using var second = await PostAsync(app, Key);

        Assert.Equal("run 1", await first.Content.ReadAsStringAsync(Token));
        Assert.Equal("run 2", await second.Content.ReadAsStringAsync(Token));
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Theory]
    [InlineData(DeferWhen.Preferred)]
    [InlineData(DeferWhen.Rejected)]
    public async Task LiveMode_WithAKey_IsStoredAndGivesTheRealAnswer(DeferWhen when)
    {
        await using var app = await _posts.StartAsync(when: when);

        using var first = await PostAsync(app, Key);
        using var second = await PostAsync(app, Key);
        using var live = await PostAsync(app, key: null);

        Assert.Equal("run 1", await first.Content.ReadAsStringAsync(Token));
        Assert.Equal("run 1", await second.Content.ReadAsStringAsync(Token));
        Assert.Equal("run 2", await live.Content.ReadAsStringAsync(Token));
        Assert.Equal(when == DeferWhen.Preferred ? ["Prefer"] : [], first.Headers.Vary);
        Assert.Equal(1, Assert.Single(await app.Jobs.ReadQueuesAsync()).Accepted);
    }

    [Theory]
    [InlineData(DeferWhen.Preferred, "wait=10", 10, "wait=10")]
    [InlineData(DeferWhen.Preferred, null, 30, null)]
    [InlineData(DeferWhen.Rejected, null, 30, null)]
    [InlineData(DeferWhen.Rejected, "wait=10", 30, null)]
    public async Task LiveMode_WithAKeyAndASlowHandler_IsAcceptedAfterTheWait(
        DeferWhen when, string? prefer, int seconds, string? applied)
    {
        await using var app = await _posts.StartAsync(when: when, isGated: true);

        var waiting = PostAsync(app, Key, prefer: prefer);
        await _posts.Handler.RunningAsync();
        app.Clock.Advance(TimeSpan.FromSeconds(seconds));
        using var response = await waiting;
        _posts.Handler.Release();

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(
            applied,
            response.Headers.TryGetValues("Preference-Applied", out var values) ? Assert.Single(values) : null);
    }

    [Theory]
    [InlineData(DeferWhen.Preferred, "wait=10", 10)]
    [InlineData(DeferWhen.Preferred, null, 30)]
    [InlineData(DeferWhen.Rejected, null, 30)]
    [InlineData(DeferWhen.Rejected, "respond-async, wait=10", 30)]
    public async Task LiveMode_WithAKeyAndAHandlerInTime_GivesTheRealAnswer(DeferWhen when, string? prefer, int seconds)
    {
        await using var app = await _posts.StartAsync(when: when, isGated: true);

        var waiting = PostAsync(app, Key, prefer: prefer);
        await _posts.Handler.RunningAsync();
        app.Clock.Advance(TimeSpan.FromSeconds(seconds - 0.1));
        _posts.Handler.Release();
        using var response = await waiting;

        Assert.Equal("run 1", await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Rejected_WithAKeyAndAQueueThatDrains_StaysRefused()
    {
        await using var app = await _posts.StartAsync(when: DeferWhen.Rejected);
        await app.Queue("posts").DrainAsync(Token);

        using var response = await PostAsync(app, Key);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("\"draining\"", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }
}

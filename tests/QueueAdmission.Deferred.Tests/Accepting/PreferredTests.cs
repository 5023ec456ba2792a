using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;
using static QueueAdmission.Deferred.Doubles.PreferredRequests;

namespace QueueAdmission.Deferred.Accepting;

public sealed class PreferredTests
{
    private readonly GatedHandler _handler = new();

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
        await using var app = await StartAsync(
            () => "real", "Queues:reports:Workers=1 Queues:reports:PartitionCapacity=0");
        using var worker = app.Queue("reports").TryEnter();

        using var response = await PostAsync(app, prefer: null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Theory]
    [InlineData("respond-async", "respond-async")]
    [InlineData("respond-async, wait=0", "respond-async, wait=0")]
    [InlineData("respond-async, wait=soon", "respond-async")]
    public async Task Preference_WithoutAWait_IsAcceptedAtOnce(string prefer, string applied)
    {
        await using var app = await StartAsync(_handler.EchoAsync);

        using var response = await PostAsync(app, prefer);

        await AssertAcceptedAsync(response, "waiting", applied);
        Assert.Equal(0, OutcomesOf(app).Count);
        _handler.Release();
        await app.RunAllAsync();
    }

    [Theory]
    [InlineData(true, "deferred_unavailable")]
    [InlineData(false, "deferred_full")]
    public async Task Request_ThatIsNotStored_IsRefusedAndDoesNotWait(bool isAway, string reason)
    {
        await using var app = await StartAsync(
            _handler.EchoAsync, "Queues:reports:Deferred:Run=false Queues:reports:Deferred:MaxWaiting=1");
        using var accepted = await PostAsync(app, "respond-async");
        if (isAway)
            app.Store.GoAway();

        using var refused = await PostAsync(app, "respond-async, wait=5");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains($"\"{reason}\"", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal((0, 0), (OutcomesOf(app).Count, StateOf(app).OutcomeSlots.Taken));
    }

    [Fact]
    public async Task Request_ThatCannotBeBound_IsAnsweredAtOnce()
    {
        await using var app = await StartAsync((Post post) => post.Text);

        using var response = await PostAsync(app, "respond-async, wait=5");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
        Assert.Equal(0, OutcomesOf(app).Count);
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
        Assert.Equal((0, 0), (OutcomesOf(app).Count, StateOf(app).OutcomeSlots.Taken));
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
        Assert.Equal((0, 0), (OutcomesOf(app).Count, StateOf(app).OutcomeSlots.Taken));
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

    private sealed record Post(string Text);
}

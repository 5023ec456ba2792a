using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Replay;

public sealed class RunTimeoutTests
{
    private const string Settings = "Queues:posts:Workers=1 Queues:posts:Deferred:MaxAttempts=1";

    // The timeout of the application's default policy is 20 s, and that of the policy "short" is 5 s.
    private static readonly Dictionary<string, Action<IEndpointConventionBuilder>> Endpoints = new()
    {
        ["default policy"] = static _ => { },
        ["time of the attribute"] = static post => post.WithMetadata(new RequestTimeoutAttribute(5_000)),
        ["policy by name"] = static post => post.WithRequestTimeout("short"),
        ["policy of the attribute"] = static post => post.WithMetadata(new RequestTimeoutAttribute("short")),
        ["policy of the endpoint"] = static post => post.WithRequestTimeout(
            new RequestTimeoutPolicy { Timeout = TimeSpan.FromSeconds(5) }),
        ["policy without a time"] = static post => post.WithRequestTimeout(new RequestTimeoutPolicy()),
        ["endless policy"] = static post => post.WithRequestTimeout("endless"),
        ["unknown policy"] = static post => post.WithRequestTimeout("unknown"),
        ["disabled"] = static post => post.WithRequestTimeout("short").DisableRequestTimeout(),
        ["disabled by the handler"] = static post => post.WithRequestTimeout("short"),
    };

    [Theory]
    [InlineData("default policy", 20)]
    [InlineData("time of the attribute", 5)]
    [InlineData("policy by name", 5)]
    [InlineData("policy of the attribute", 5)]
    [InlineData("policy of the endpoint", 5)]
    [InlineData("policy without a time", null)]
    [InlineData("endless policy", null)]
    [InlineData("unknown policy", null)]
    [InlineData("disabled", null)]
    [InlineData("disabled by the handler", null)]
    public async Task Attempt_HasTheTimeoutOfItsEndpoint(string kind, int? seconds)
    {
        var (entered, exit) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        await using var app = await StartAsync(Endpoints[kind], async context =>
        {
            if (kind == "disabled by the handler")
                context.Features.Get<IHttpRequestTimeoutFeature>()!.DisableTimeout();
            entered.Release();
            await exit.WaitAsync(context.RequestAborted);
        });
        var job = await app.AcceptAsync("/posts");
        await entered.WaitAsync(TestContext.Current.CancellationToken);

        app.Clock.Advance(TimeSpan.FromSeconds(seconds - 1 ?? 3_600));
        var before = (await app.StateAsync(job)).GetProperty("state").GetString();
        app.Clock.Advance(TimeSpan.FromSeconds(seconds is null ? 3_600 : 1));
        if (seconds is null)
            exit.Release();
        await app.RunAllAsync();

        Assert.Equal("running", before);
        Assert.Equal(seconds is null ? [] : ["timeout"], (await app.Jobs.ListDeadAsync()).Select(dead => dead.Reason));
    }

    [Fact]
    public async Task Token_OfTheFeature_TellsTheTimeoutFromOtherEnds()
    {
        var (entered, isOver) = (new SemaphoreSlim(0), false);
        await using var app = await StartAsync(Endpoints["policy by name"], async context =>
        {
            var timeout = context.Features.Get<IHttpRequestTimeoutFeature>()!.RequestTimeoutToken;
            entered.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted)
                .ContinueWith(static _ => { }, TaskScheduler.Default);
            isOver = timeout.IsCancellationRequested;
        });
        await app.AcceptAsync("/posts");
        await entered.WaitAsync(TestContext.Current.CancellationToken);

        app.Clock.Advance(TimeSpan.FromSeconds(5));
        await app.RunAllAsync();

        Assert.True(isOver);
        Assert.Empty(await app.Jobs.ListDeadAsync());
    }

    private static Task<DeferredApp> StartAsync(
        Action<IEndpointConventionBuilder> endpoint, Func<HttpContext, Task> handler) =>
        DeferredApp.StartAsync(
            Settings,
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                var post = app.MapPost("/posts", (HttpContext context) => handler(context));
                endpoint(post);
                post.WithQueue("posts").Defer();
            },
            services => services.AddRequestTimeouts(options =>
            {
                options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = TimeSpan.FromSeconds(20) };
                options.AddPolicy("short", TimeSpan.FromSeconds(5));
                options.AddPolicy("endless", Timeout.InfiniteTimeSpan);
            }));
}

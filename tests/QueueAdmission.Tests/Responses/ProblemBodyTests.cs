using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;

namespace QueueAdmission.Responses;

public sealed class ProblemBodyTests
{
    [Theory]
    [InlineData(RejectionReason.QueueFull, "queue_full")]
    [InlineData(RejectionReason.WaitTimeout, "wait_timeout")]
    [InlineData(RejectionReason.Draining, "draining")]
    public async Task Write_EachReason_SaysItInTheBody(RejectionReason reason, string wireName)
    {
        var request = await new RejectedRequest().RefuseAsync(new Rejection(reason, TimeSpan.FromSeconds(7)));

        Assert.Equal("application/problem+json", request.Response.ContentType);
        Assert.Equal(
            "https://tools.ietf.org/html/rfc9110#section-15.6.4", request.Json.GetProperty("type").GetString());
        Assert.Equal("Service Unavailable", request.Json.GetProperty("title").GetString());
        Assert.Equal(503, request.Json.GetProperty("status").GetInt32());
        Assert.EndsWith("Try again in 7 seconds.", request.Json.GetProperty("detail").GetString());
        Assert.Equal(wireName, request.Json.GetProperty("reason").GetString());
        Assert.Equal("checkout", request.Json.GetProperty("queue").GetString());
        Assert.Equal(7, request.Json.GetProperty("retryAfterSeconds").GetInt32());
    }

    [Theory]
    [InlineData(1, "in 1 second.")]
    [InlineData(60, "in 60 seconds.")]
    [InlineData(3600, "in 60 minutes.")]
    public async Task Write_EachTime_IsSaidInWords(int seconds, string words)
    {
        var request = await new RejectedRequest()
            .RefuseAsync(new Rejection(RejectionReason.QueueFull, TimeSpan.FromSeconds(seconds)));

        Assert.EndsWith(words, request.Json.GetProperty("detail").GetString());
        Assert.Equal(seconds.ToString(), request.Response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData(429, "https://tools.ietf.org/html/rfc6585#section-4", "Too Many Requests")]
    [InlineData(599, "about:blank", "Rejected")]
    public async Task Write_OtherStatus_HasItsTypeAndTitle(int status, string type, string title)
    {
        var request = await new RejectedRequest().RefuseAsync(queue: RejectedRequest.NewQueue(status: status));

        Assert.Equal(status, request.Response.StatusCode);
        Assert.Equal(type, request.Json.GetProperty("type").GetString());
        Assert.Equal(title, request.Json.GetProperty("title").GetString());
    }

    [Fact]
    public async Task Write_ServiceRegistered_LetsItCustomise()
    {
        ProblemDetails? seen = null;
        var request = new RejectedRequest();
        await using var services = new ServiceCollection().AddOptions()
            .AddProblemDetails(options => options.CustomizeProblemDetails = problem =>
            {
                seen = problem.ProblemDetails;
                problem.ProblemDetails.Extensions["shop"] = "closed for a moment";
            })
            .BuildServiceProvider();
        request.Context.RequestServices = services;

        await request.RefuseAsync();

        Assert.Equal("queue_full", seen!.Extensions["reason"]);
        Assert.Equal("checkout", seen.Extensions["queue"]);
        Assert.Equal(12, seen.Extensions["retryAfterSeconds"]);
        Assert.Equal(503, seen.Status);
        Assert.Equal("closed for a moment", request.Json.GetProperty("shop").GetString());
        Assert.Equal(12, request.Json.GetProperty("retryAfterSeconds").GetInt32());
        Assert.StartsWith("application/problem+json", request.Response.ContentType);
        Assert.Equal(503, request.Response.StatusCode);
    }

    [Fact]
    public async Task Write_ServiceSaysTheSame_AsTheBodyWrittenDirectly()
    {
        var direct = await new RejectedRequest().RefuseAsync();
        var request = new RejectedRequest();
        await using var services = new ServiceCollection().AddOptions().AddProblemDetails().BuildServiceProvider();
        request.Context.RequestServices = services;

        await request.RefuseAsync();

        foreach (var property in direct.Json.EnumerateObject())
            Assert.Equal(property.Value.ToString(), request.Json.GetProperty(property.Name).ToString());
    }

    [Fact]
    public async Task Write_ServiceDeclines_WritesDirectly()
    {
        // ASP.NET Core's writer does not write a body for clients that do not accept JSON.
        var request = new RejectedRequest(accept: "text/plain");
        await using var services = new ServiceCollection().AddOptions().AddProblemDetails().BuildServiceProvider();
        request.Context.RequestServices = services;

        await request.RefuseAsync();

        Assert.Equal("queue_full", request.Json.GetProperty("reason").GetString());
        Assert.Equal(503, request.Response.StatusCode);
    }

    [Fact]
    public async Task Write_ScopedService_IsTakenFromTheRequest()
    {
        var request = new RejectedRequest();
        await using var services = new ServiceCollection().AddScoped<IProblemDetailsService, PlainTextService>()
            .BuildServiceProvider(validateScopes: true);
        await using var scope = services.CreateAsyncScope();
        request.Context.RequestServices = scope.ServiceProvider;

        await request.RefuseAsync();

        Assert.Equal("queue_full", request.Body);
    }

    [Fact]
    public async Task Write_ContainerWithoutTheService_IsAskedOnce()
    {
        var queue = RejectedRequest.NewQueue();
        var services = new CountingServices();
        for (var i = 0; i < 3; i++)
        {
            var request = new RejectedRequest();
            request.Context.RequestServices = services;
            await request.RefuseAsync(queue: queue);
            Assert.Equal("queue_full", request.Json.GetProperty("reason").GetString());
        }

        Assert.Equal(1, services.Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_ServiceThrows_TheBuiltInBodyIsWrittenAndTheExceptionIsLogged(bool later)
    {
        var log = new FakeLogger();
        var queue = RejectedRequest.NewQueue(logger: log);
        var failing = new FailingService(async context =>
        {
            context.HttpContext.Response.StatusCode = 200;
            context.HttpContext.Response.ContentType = "text/plain";
            if (later)
                await Task.Yield();
            throw new InvalidOperationException();
        });
        await using var services = new ServiceCollection()
            .AddSingleton<IProblemDetailsService>(failing)
            .BuildServiceProvider();

        for (var i = 0; i < 3; i++)
        {
            var request = new RejectedRequest();
            request.Context.RequestServices = services;
            await request.RefuseAsync(queue: queue);
            Assert.Equal(
                (503, "application/problem+json"), (request.Response.StatusCode, request.Response.ContentType));
            Assert.Equal("queue_full", request.Json.GetProperty("reason").GetString());
        }

        Assert.Contains(
            "IProblemDetailsService threw",
            Assert.Single(log.Collector.GetSnapshot(), line => line.Id.Name == "AnswerFailed").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_CustomisationThrows_TheBuiltInBodyIsWritten()
    {
        await using var server = await RefusingServer.StartAsync(services: services =>
            services.AddProblemDetails(o => o.CustomizeProblemDetails = _ => throw new InvalidOperationException()));

        using var response = await server.Http1.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Contains(
            "\"reason\":\"queue_full\"",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ServiceThrowsAfterTheResponseHasStarted_TheConnectionIsClosed()
    {
        var hasBegun = new TaskCompletionSource();
        var failing = new FailingService(async context =>
        {
            await context.HttpContext.Response.WriteAsync("half of");
            await context.HttpContext.Response.Body.FlushAsync();
            await hasBegun.Task;
            throw new InvalidOperationException();
        });
        await using var server = await RefusingServer.StartAsync(
            services: services => services.AddSingleton<IProblemDetailsService>(failing));

        using var response = await server.Http1.GetAsync(
            "/", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(503, (int)response.StatusCode);
        hasBegun.SetResult();
        await Assert.ThrowsAsync<HttpRequestException>(
            () => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Write_ContainerThrows_TheBuiltInBodyIsWritten()
    {
        var request = new RejectedRequest();
        request.Context.RequestServices = new DisposedServices();

        await request.RefuseAsync();

        Assert.Equal("queue_full", request.Json.GetProperty("reason").GetString());
    }

    private sealed class FailingService(Func<ProblemDetailsContext, Task> write) : IProblemDetailsService
    {
        public async ValueTask WriteAsync(ProblemDetailsContext context) => await write(context);

        public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
        {
            await write(context);
            return true;
        }
    }

    private sealed class DisposedServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => throw new ObjectDisposedException(nameof(IServiceProvider));
    }

    private sealed class PlainTextService : IProblemDetailsService
    {
        public async ValueTask WriteAsync(ProblemDetailsContext context) =>
            await context.HttpContext.Response.WriteAsync((string)context.ProblemDetails.Extensions["reason"]!);

        public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
        {
            await WriteAsync(context);
            return true;
        }
    }

    private sealed class CountingServices : IServiceProvider, IServiceProviderIsService
    {
        public int Asked { get; private set; }

        public object? GetService(Type serviceType)
        {
            Asked++;
            return serviceType == typeof(IServiceProviderIsService) ? this : null;
        }

        public bool IsService(Type serviceType) => false;
    }
}

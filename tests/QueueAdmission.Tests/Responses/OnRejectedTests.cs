using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Doubles;

namespace QueueAdmission.Responses;

public sealed class OnRejectedTests
{
    [Fact]
    public async Task Hook_DoesNothing_LeavesTheBuiltInAnswer()
    {
        RejectionContext? seen = null;
        var request = new RejectedRequest();

        await request.RefuseAsync(onRejected: context =>
        {
            seen = context;
            Assert.Equal(503, context.HttpContext.Response.StatusCode);
            Assert.Equal("12", context.HttpContext.Response.Headers.RetryAfter);
            Assert.Equal("no-store", context.HttpContext.Response.Headers.CacheControl);
            return ValueTask.CompletedTask;
        });

        Assert.Same(request.Context, seen!.Value.HttpContext);
        Assert.Equal("checkout", seen.Value.QueueName);
        Assert.Equal(RejectionReason.QueueFull, seen.Value.Reason);
        Assert.Equal(TimeSpan.FromSeconds(12), seen.Value.RetryAfter);
        Assert.Equal("queue_full", request.Json.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Hook_OfTheQueue_IsCalledInsteadOfThatOfAllQueues()
    {
        List<string> called = [];
        var queue = RejectedRequest.NewQueue(onRejected: Remember("own"));

        await new RejectedRequest().RefuseAsync(queue: queue, onRejected: Remember("all"));
        queue.Live.Update(options => options.OnRejected = null);
        await new RejectedRequest().RefuseAsync(queue: queue, onRejected: Remember("all"));

        Assert.Equal(["own", "all"], called);

        Func<RejectionContext, ValueTask> Remember(string name) => _ =>
        {
            called.Add(name);
            return ValueTask.CompletedTask;
        };
    }

    [Fact]
    public async Task Hook_OfOneQueueInCode_IsCalledForThatQueueOnly()
    {
        List<string> called = [];
        await using var app = await TestApp.StartAsync("Defaults:Workers=1 Defaults:PartitionCapacity=0", app =>
        {
            app.UseRouting();
            app.UseQueuedAdmission();
            app.MapGet("/a", () => "").WithQueue("a");
            app.MapGet("/b", () => "").WithQueue("b");
            app.MapGet("/enters-a", async (HttpContext context) => (await context.EnterQueueAsync("a")).Dispose());
        }, services => services.AddQueuedAdmission(o =>
        {
            o.OnRejected = Remember("all");
            o.AddQueue("a", q => q.OnRejected = Remember("only a")).AddQueue("b");
        }));
        using var a = app.Queue("a").TryEnter();
        using var b = app.Queue("b").TryEnter();

        foreach (var path in (string[])["/a", "/b", "/enters-a"])
            (await app.GetAsync(path)).Dispose();

        Assert.Equal(["only a: a", "all: b", "only a: a"], called);

        Func<RejectionContext, ValueTask> Remember(string name) => rejected =>
        {
            called.Add($"{name}: {rejected.QueueName}");
            return ValueTask.CompletedTask;
        };
    }

    [Fact]
    public async Task Hook_ChangesHeaders_KeepsThemAndTheBody()
    {
        var request = await new RejectedRequest().RefuseAsync(onRejected: context =>
        {
            context.HttpContext.Response.Headers.RetryAfter = "99";
            context.HttpContext.Response.Headers["X-Shop"] = "busy";
            return ValueTask.CompletedTask;
        });

        Assert.Equal("99", request.Response.Headers.RetryAfter);
        Assert.Equal("busy", request.Response.Headers["X-Shop"]);
        Assert.NotEmpty(request.Body);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("content type")]
    [InlineData("content length")]
    public async Task Hook_GivesAnAnswer_NoBodyIsWritten(string what)
    {
        var request = await new RejectedRequest().RefuseAsync(onRejected: async context =>
        {
            await Task.Yield();
            var response = context.HttpContext.Response;
            if (what is "status")
                response.StatusCode = 302;
            else if (what is "content type")
                response.ContentType = "text/plain";
            else
                response.ContentLength = 0;
        });

        Assert.Empty(request.Body);
        Assert.Equal("12", request.Response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Hook_StartsTheResponse_NothingIsAdded()
    {
        await using var server = await RefusingServer.StartAsync(
            onRejected: async context => await context.HttpContext.Response.WriteAsync("from the hook"));

        using var response = await server.Http1.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("from the hook", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("nothing", false)]
    [InlineData("nothing", true)]
    [InlineData("status", true)]
    [InlineData("content type", true)]
    [InlineData("content length", true)]
    [InlineData("content encoding", true)]
    [InlineData("retry after", true)]
    public async Task Hook_Throws_TheBuiltInAnswerIsGiven(string changed, bool later)
    {
        var request = await new RejectedRequest().RefuseAsync(onRejected: async context =>
        {
            if (later)
                await Task.Yield();
            var response = context.HttpContext.Response;
            if (changed is "status")
                response.StatusCode = 200;
            else if (changed is "content type")
                response.ContentType = "text/plain";
            else if (changed is "content length")
                response.ContentLength = 1;
            else if (changed is "content encoding")
                response.Headers.ContentEncoding = "gzip";
            else if (changed is "retry after")
                response.Headers.Remove("Retry-After");
            throw new InvalidOperationException("the hook's own");
        });

        Assert.Equal(
            (503, "application/problem+json", "12"),
            (
                request.Response.StatusCode,
                request.Response.ContentType,
                request.Response.Headers.RetryAfter.ToString()));
        Assert.Equal(request.Body.Length, request.Response.ContentLength);
        Assert.Equal(0, request.Response.Headers.ContentEncoding.Count);
        Assert.Equal("queue_full", request.Json.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Hook_ThrowsForAGrpcCall_TheAnswerIsGrpcs()
    {
        var request = new RejectedRequest("POST");
        request.Context.Request.ContentType = "application/grpc";

        await request.RefuseAsync(onRejected: context =>
        {
            context.HttpContext.Response.StatusCode = 500;
            throw new InvalidOperationException();
        });

        Assert.Equal((200, "14"), (request.Response.StatusCode, request.Response.Headers["grpc-status"].ToString()));
    }

    [Fact]
    public async Task Hook_ThrowsAfterTheResponseHasStarted_TheConnectionIsClosed()
    {
        var hasBegun = new TaskCompletionSource();
        await using var server = await RefusingServer.StartAsync(onRejected: async context =>
        {
            await context.HttpContext.Response.WriteAsync("half of");
            await context.HttpContext.Response.Body.FlushAsync();
            await hasBegun.Task;
            throw new InvalidOperationException();
        });

        using var response = await server.Http1.GetAsync(
            "/", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(503, (int)response.StatusCode);
        hasBegun.SetResult();
        await Assert.ThrowsAsync<HttpRequestException>(
            () => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Hook_ThrowsWithBytesNotYetSent_TheyAreSentAsARejection()
    {
        await using var server = await RefusingServer.StartAsync(onRejected: context =>
        {
            context.HttpContext.Response.StatusCode = 200;
            context.HttpContext.Response.ContentLength = 100;
            context.HttpContext.Response.BodyWriter.Write("from the hook"u8);
            throw new InvalidOperationException();
        });

        using var response = await server.Http1.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("from the hook", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Hook_ThrowsForEveryRequest_IsLoggedOnceAMinute()
    {
        var time = new FakeTimeProvider();
        var log = new FakeLogger();
        var queue = RejectedRequest.NewQueue(time: time, logger: log);
        var thrown = new InvalidOperationException("the hook's own");

        for (var i = 0; i < 100; i++)
            await new RejectedRequest().RefuseAsync(queue: queue, onRejected: _ => throw thrown);
        time.Advance(TimeSpan.FromMinutes(1));
        await new RejectedRequest().RefuseAsync(queue: queue, onRejected: _ => throw thrown);

        var lines = log.Collector.GetSnapshot().Where(line => line.Id.Name == "AnswerFailed").ToList();
        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.Same(thrown, line.Exception));
        Assert.Contains(
            "Queue checkout rejected a request, and OnRejected threw", lines[0].Message, StringComparison.Ordinal);
        Assert.Contains(" 0 more failures", lines[0].Message, StringComparison.Ordinal);
        Assert.Contains(" 99 more failures", lines[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hook_ThrowsBecauseTheClientHasLeft_IsNotLogged()
    {
        var log = new FakeLogger();
        var request = new RejectedRequest();
        request.Context.RequestAborted = new CancellationToken(canceled: true);

        await request.RefuseAsync(queue: RejectedRequest.NewQueue(logger: log), onRejected: context =>
            ValueTask.FromCanceled(context.HttpContext.RequestAborted));

        Assert.DoesNotContain(log.Collector.GetSnapshot(), line => line.Id.Name == "AnswerFailed");
    }
}

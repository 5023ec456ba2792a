using Microsoft.AspNetCore.Http;

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

        Assert.Same(request.Context, seen!.HttpContext);
        Assert.Equal("checkout", seen.QueueName);
        Assert.Equal(RejectionReason.QueueFull, seen.Reason);
        Assert.Equal(TimeSpan.FromSeconds(12), seen.RetryAfter);
        Assert.Equal("queue_full", request.Json.GetProperty("reason").GetString());
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
        await using var server = await RefusingServer.StartAsync(onRejected: async context => await context.HttpContext.Response.WriteAsync("from the hook"));

        using var response = await server.Http1.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("from the hook", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hook_Throws_TheExceptionGoesUpUnchanged(bool later)
    {
        var thrown = new InvalidOperationException("the hook's own");
        var request = new RejectedRequest();

        var caught = await Assert.ThrowsAsync<InvalidOperationException>(() => request.RefuseAsync(onRejected: async _ =>
        {
            if (later)
                await Task.Yield();
            throw thrown;
        }));

        Assert.Same(thrown, caught);
        Assert.Empty(request.Body);
    }
}

using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Status;

public sealed class StatusTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accepted_Body_NamesTheJobAndItsAddress()
    {
        await using var app = await StartAsync();

        using var response = await app.SendAsync(HttpMethod.Post, "/posts");
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;

        var address = response.Headers.Location!.OriginalString;
        Assert.Equal($"/jobs/{body.GetProperty("id").GetString()}", address);
        Assert.Equal(
            ("waiting", address), (body.GetProperty("state").GetString(), body.GetProperty("status").GetString()));
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.True(response.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Waiting_ShowsItsPlace()
    {
        await using var app = await StartAsync("Queues:posts:Deferred:Run=false");
        await app.AcceptAsync("/posts");
        var second = await app.AcceptAsync("/posts");

        using var response = await app.SendAsync(HttpMethod.Get, second);
        var state = await app.StateAsync(second);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(("waiting", 1), (state.GetProperty("state").GetString(), state.GetProperty("ahead").GetInt64()));
    }

    [Fact]
    public async Task Browser_GetsAPage()
    {
        await using var app = await StartAsync("Queues:posts:Deferred:Run=false");
        var job = await app.AcceptAsync("/posts");
        using var request = new HttpRequestMessage(HttpMethod.Get, job) { Headers = { { "Accept", "text/html" } } };

        using var response = await app.SendAsync(request);
        var page = await response.Content.ReadAsStringAsync(Token);

        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("It is the next one.", page, StringComparison.Ordinal);
        Assert.Contains("http-equiv=\"refresh\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_WhileItWaits_CancelsTheJob()
    {
        var ran = false;
        await using var app = await StartAsync("Queues:posts:Deferred:Run=false", () => ran = true);
        var job = await app.AcceptAsync("/posts");

        using var cancelled = await app.SendAsync(HttpMethod.Delete, job);
        using var again = await app.SendAsync(HttpMethod.Delete, job);
        app.Reload("Queues:posts:Deferred:Run=true");
        await app.RunAllAsync();

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (cancelled.StatusCode, again.StatusCode));
        Assert.Equal("cancelled", (await app.StateAsync(job)).GetProperty("state").GetString());
        Assert.False(ran);
    }

    [Fact]
    public async Task Delete_JobThatIsDone_IsAConflict()
    {
        await using var app = await StartAsync();
        var job = await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        using var response = await app.SendAsync(HttpMethod.Delete, job);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("nonsense")]
    public async Task Job_Unknown_IsNotFound(string id)
    {
        await using var app = await StartAsync();

        using var state = await app.SendAsync(HttpMethod.Get, $"/jobs/{id}");
        using var response = await app.SendAsync(HttpMethod.Get, $"/jobs/{id}/response");
        using var cancelled = await app.SendAsync(HttpMethod.Delete, $"/jobs/{id}");

        Assert.All([state, response, cancelled], answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode));
    }

    [Theory]
    [InlineData("ada", "ada", true)]
    [InlineData("ada", "eve", false)]
    [InlineData("ada", null, false)]
    [InlineData(null, "eve", true)]
    [InlineData(null, null, true)]
    public async Task Job_IsVisibleToItsCallerOnly(string? accepting, string? asking, bool isVisible)
    {
        await using var app = await StartAsync();
        var job = await SendAs(accepting, HttpMethod.Post, "/posts");
        var path = job.Headers.Location!.OriginalString;
        var waiting = await StatusesAsync();
        await app.RunAllAsync();
        var done = await StatusesAsync();
        using var cancelled = await SendAs(asking, HttpMethod.Delete, path);

        Assert.Equal(isVisible, waiting != (404, 404));
        Assert.Equal(isVisible ? (303, 200) : (404, 404), done);
        Assert.Equal(isVisible ? HttpStatusCode.Conflict : HttpStatusCode.NotFound, cancelled.StatusCode);

        async Task<(int State, int Response)> StatusesAsync()
        {
            using var state = await SendAs(asking, HttpMethod.Get, path);
            using var response = await SendAs(asking, HttpMethod.Get, $"{path}/response");
            return ((int)state.StatusCode, (int)response.StatusCode);
        }

        async Task<HttpResponseMessage> SendAs(string? user, HttpMethod method, string to)
        {
            using var request = new HttpRequestMessage(method, to);
            if (user is not null)
                request.Headers.Add("X-User", user);
            return await app.SendAsync(request);
        }
    }

    [Fact]
    public async Task Response_TooLarge_IsGoneAndTheJobIsDone()
    {
        await using var app = await StartAsync("Queues:posts:Deferred:MaxResponseSize=3", () => "four");
        var job = await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        using var response = await app.SendAsync(HttpMethod.Get, $"{job}/response");

        Assert.Equal("done", (await app.StateAsync(job)).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Gone, response.StatusCode);
    }

    [Fact]
    public async Task Cookies_OfAResponse_AreNotKept()
    {
        await using var app = await StartAsync(
            handler: (HttpContext context) => context.Response.Cookies.Append("session", "secret"));
        var job = await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        using var response = await app.SendAsync(HttpMethod.Get, $"{job}/response");

        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Retention_Over_RemovesTheJob()
    {
        await using var app = await StartAsync("Queues:posts:Deferred:Retention=00:10:00");
        var job = await app.AcceptAsync("/posts");
        await app.RunAllAsync();

        app.Clock.Advance(TimeSpan.FromMinutes(9));
        await app.RunAllAsync();
        using var before = await app.SendAsync(HttpMethod.Get, job);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        await app.RunAllAsync();
        await app.RunAllAsync();
        using var after = await app.SendAsync(HttpMethod.Get, job);

        Assert.Equal((HttpStatusCode.SeeOther, HttpStatusCode.NotFound), (before.StatusCode, after.StatusCode));
        Assert.Equal(1, Assert.Single(await app.Jobs.ReadQueuesAsync()).Done);
    }

    [Fact]
    public async Task Prefix_OfAGroup_IsInTheLocation()
    {
        await using var app = await DeferredApp.StartAsync("Queues:posts:Workers=1", app =>
        {
            app.UsePathBase("/base").UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", () => { }).WithMetadata(new DeferredApp.NoStatus()).WithQueue("posts").Defer();
            app.MapGroup("/api").MapDeferredJobs("/tasks");
        });

        var job = await app.AcceptAsync("/base/posts");

        Assert.StartsWith("/base/api/tasks/", job, StringComparison.Ordinal);
        Assert.Equal("posts", (await app.StateAsync(job)).GetProperty("queue").GetString());
    }

    [Fact]
    public async Task OpenApi_Document_HasTheEndpoints()
    {
        await using var app = await DeferredApp.StartAsync(
            "Queues:posts:Workers=1",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapOpenApi();
            },
            services => services.AddOpenApi());

        var text = await app.Client.GetStringAsync("/openapi/v1.json", Token);
        var document = JsonDocument.Parse(text).RootElement.GetProperty("paths");

        var job = document.GetProperty("/jobs/{id}");
        Assert.Equal("id", job.GetProperty("get").GetProperty("parameters")[0].GetProperty("name").GetString());
        Assert.True(job.GetProperty("get").GetProperty("responses").TryGetProperty("303", out _));
        Assert.True(job.GetProperty("delete").GetProperty("responses").TryGetProperty("204", out _));
        Assert.True(document.TryGetProperty("/jobs/{id}/response", out _));
    }

    private static Task<DeferredApp> StartAsync(string settings = "Queues:posts:Workers=1", Delegate? handler = null) =>
        DeferredApp.StartAsync(settings, app =>
        {
            app.Use((context, next) =>
            {
                if (context.Request.Headers["X-User"].ToString() is { Length: > 0 } user)
                    context.User = new ClaimsPrincipal(
                        new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], "Test"));
                return next(context);
            });
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/posts", handler ?? (() => { })).WithQueue("posts").Defer();
        });
}

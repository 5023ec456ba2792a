using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueueAdmission.Doubles;
using QueueAdmission.Testing;

namespace QueueAdmission.Responses;

public sealed class ApplicationPageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task Page_RefusedBrowser_IsThatOfTheApplication(string method)
    {
        await using var app = await StartAsync();
        using var full = app.Queue().RefuseAll();

        using var response = await SendAsync(app, method);

        Assert.Equal("busy GET /busy  queue_full", await response.Content.ReadAsStringAsync(Stop));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Page_AfterwardsInThePipeline_TheRequestIsTheClientsAgain()
    {
        var seen = "";
        await using var app = await StartAsync(outer: async (context, next) =>
        {
            await next(context);
            var request = context.Request;
            seen = $"{request.Method} {request.Path}{request.QueryString} {request.RouteValues["id"]} "
                + ((RouteEndpoint)context.GetEndpoint()!).RoutePattern.RawText;
        });
        using var full = app.Queue().RefuseAll();

        using var response = await SendAsync(app, "POST", "/shop/7?a=b");

        Assert.Equal("POST /shop/7?a=b 7 /shop/{id}", seen);
    }

    [Fact]
    public async Task Page_ClientThatIsNoBrowser_GetsTheProblem()
    {
        await using var app = await StartAsync();
        using var full = app.Queue().RefuseAll();

        using var response = await app.GetAsync("/shop/7");

        await QueueAssert.RefusedAsync(response, RejectionReason.QueueFull, cancellationToken: Stop);
    }

    [Fact]
    public async Task Page_HandlerEntersTheQueue_IsShownAsWell()
    {
        await using var app = await StartAsync();
        using var full = app.Queue().RefuseAll();

        using var response = await SendAsync(app, "GET", "/entering");

        Assert.Equal("busy GET /busy  queue_full", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Page_BehindTheFullQueueItself_IsShownWithoutAWorker()
    {
        await using var app = await StartAsync(settings: "FallbackQueue=default");
        using var full = app.Queue().RefuseAll();

        using var response = await SendAsync(app, "GET");

        Assert.Equal("busy GET /busy  queue_full", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Page_RazorPage_IsShown()
    {
        await using var app = await StartAsync(
            path: "/QueuedPage",
            settings: "Queues:a:Workers=1",
            services: services => CompiledPages.Add(services, typeof(QueuedPage)));
        using var full = app.Queue().RefuseAll();

        using var response = await SendAsync(app, "POST");

        Assert.Equal(QueueReport.NotQueued, await response.Content.ReadAsStringAsync(Stop));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Theory]
    [InlineData("/nowhere", "no endpoint for GET with that path")]
    [InlineData("/post-only", "no endpoint for GET with that path")]
    [InlineData("/broken", "the page is broken")]
    public async Task Page_CannotBeShown_TheBuiltInPageIsAndAnErrorIsLogged(string path, string message)
    {
        await using var app = await StartAsync(path: path);
        using var full = app.Queue().RefuseAll();

        using var response = await SendAsync(app, "GET");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("Just a moment", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        var error = Assert.Single(app.Log.GetSnapshot(), record => record.Level >= LogLevel.Error);
        Assert.Contains(message, error.Exception!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("busy")]
    [InlineData("")]
    [InlineData("/busy?a=b")]
    [InlineData("/{page}")]
    public void Path_NotOne_IsNotTaken(string path) =>
        Assert.Throws<ArgumentException>(() => new QueuedAdmissionOptions().RejectionPagePath = path);

    private static async Task<HttpResponseMessage> SendAsync(TestApp app, string method, string path = "/shop/7")
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), path);
        message.Headers.Accept.ParseAdd("text/html");
        return await app.Client.SendAsync(message, Stop);
    }

    private static Task<TestApp> StartAsync(
        string path = "/busy",
        string settings = "",
        Func<HttpContext, RequestDelegate, Task>? outer = null,
        Action<IServiceCollection>? services = null) =>
        TestApp.StartAsync(
            settings,
            app =>
            {
                app.UseRouting();
                if (outer is not null)
                {
                    app.Use(outer);
                }
                app.UseQueuedAdmission();
                app.Map("/shop/{id}", () => "sold").WithQueue();
                app.MapGet("/entering", async context =>
                {
                    using var lease = await context.EnterQueueAsync("default");
                });
                app.MapPost("/busy", () => "not this one");
                app.MapGet("/busy", context =>
                {
                    var (request, response) = (context.Request, context.Response);
                    var reason = context.Features.Get<IQueueRejectionFeature>()!.Reason.ToWireName();
                    response.ContentType = "text/html";
                    return response.WriteAsync(
                        $"busy {request.Method} {request.Path} {request.QueryString} {reason}", Stop);
                });
                app.MapPost("/post-only", () => "no");
                app.MapGet("/broken", string () => throw new InvalidOperationException("the page is broken"));
                if (services is not null)
                {
                    app.MapRazorPages();
                }
            },
            collection =>
            {
                collection.AddQueuedAdmission(o => o.RejectionPagePath = path);
                services?.Invoke(collection);
            });
}

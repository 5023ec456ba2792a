using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Endpoints;

public sealed class ControllerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string?> Actions => new()
    {
        { "POST", "json", """{"text":"abc"}""" },
        { "POST", "created", """{"text":"abc"}""" },
        { "GET", "content", null },
        { "GET", "header", null },
        { "GET", "notfound", null },
        { "GET", "problem", null },
        { "GET", "file", null },
        { "GET", "empty", null },
        { "GET", "route/7", null },
        { "GET", "link", null },
    };

    [Theory]
    [MemberData(nameof(Actions))]
    public async Task Response_OfADeferredAction_IsThatOfADirectOne(string method, string action, string? body)
    {
        await using var app = await StartAsync<DirectController, DeferredController>();

        using var direct = await SendAsync(app, method, $"/direct/{action}", body);
        using var accepted = await SendAsync(app, method, $"/deferred/{action}", body);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await app.RunAllAsync();
        using var deferred = await app.SendAsync(HttpMethod.Get, $"{accepted.Headers.Location}/response");

        Assert.Equal(
            await DescribeAsync(direct),
            (await DescribeAsync(deferred)).Replace("/deferred/", "/direct/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_ThatIsNotValid_IsAnsweredAtOnceAndNotStored()
    {
        await using var app = await StartAsync<DirectController, DeferredController>();

        using var response = await SendAsync(app, "POST", "/deferred/json", """{"text":"too long a text"}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Fact]
    public async Task Request_ThatAnActionFilterRefuses_IsAnsweredAtOnceAndNotStored()
    {
        await using var app = await StartAsync<FilteredController>();

        using var response = await SendAsync(app, "POST", "/filtered", null);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Fact]
    public async Task Convention_OnMapControllers_DefersActions()
    {
        await using var app = await StartAsync<PlainController>(controllers => controllers.WithQueue("posts").Defer());

        using var invalid = await SendAsync(app, "POST", "/plain", """{"text":"too long a text"}""");
        using var accepted = await SendAsync(app, "POST", "/plain", """{"text":"abc"}""");
        await app.RunAllAsync();

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Accepted), (invalid.StatusCode, accepted.StatusCode));
        Assert.Equal("abc", await app.Client.GetStringAsync($"{accepted.Headers.Location}/response", Token));
    }

    [Fact]
    public async Task Filter_AfterDefer_StopsTheStart()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync<LateFilterController>());

        Assert.Contains("call Defer() after all filters", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(TokenOfTheActionController), true)]
    [InlineData(typeof(TokenOfTheControllerController), true)]
    [InlineData(typeof(TokenIgnoredController), false)]
    public async Task Token_CheckedByAFilterOfMvc_StopsTheStart(Type controller, bool isWrong)
    {
        var error = await Record.ExceptionAsync(async () =>
        {
            await using var app = await StartAsync(conventions: null, controller);
        });

        Assert.Equal(
            isWrong, error?.Message.Contains("would check the token again", StringComparison.Ordinal) ?? false);
    }

    private static Task<DeferredApp> StartAsync<TController>(
        Action<ControllerActionEndpointConventionBuilder>? conventions = null) =>
        StartAsync(conventions, typeof(TController));

    private static Task<DeferredApp> StartAsync<TFirst, TSecond>() => StartAsync(null, typeof(TFirst), typeof(TSecond));

    private static Task<DeferredApp> StartAsync(
        Action<ControllerActionEndpointConventionBuilder>? conventions, params Type[] controllers) =>
        DeferredApp.StartAsync(
            "Queues:posts:Workers=1",
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                var mapped = app.MapControllers();
                conventions?.Invoke(mapped);
            },
            services => services.AddControllers().Only(controllers));

    private static async Task<HttpResponseMessage> SendAsync(DeferredApp app, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { { "X-Tenant", "acme" } },
        };
        return await app.SendAsync(request);
    }

    private static async Task<string> DescribeAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key is not ("Transfer-Encoding" or "Content-Length"))
            .OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => $"{header.Key}: {string.Join(" | ", header.Value)}");
        var head = $"{(int)response.StatusCode}\n{string.Join('\n', headers)}";
        return $"{head}\n{WithoutTraceId(await response.Content.ReadAsStringAsync(Token))}";
    }

    // The trace id differs, because it belongs to another request.
    private static string WithoutTraceId(string text) => Regex.Replace(text, "\"traceId\":\"[^\"]+\"", "");
}

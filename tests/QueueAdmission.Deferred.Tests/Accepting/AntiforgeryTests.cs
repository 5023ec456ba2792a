using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using QueueAdmission.Deferred.Doubles;

namespace QueueAdmission.Deferred.Accepting;

/// <summary>
/// Verifies that the antiforgery token of a form is checked when the job is accepted, and not when the job runs.
/// </summary>
public sealed class AntiforgeryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/form")]
    [InlineData("/tokens/required")]
    public async Task Form_WithToken_IsAcceptedAndBoundWhenItRuns(string path)
    {
        await using var app = await StartAsync();

        using var accepted = await PostAsync(app, path, await FetchTokenAsync(app));
        await app.RunAllAsync();

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal("hello", await app.Client.GetStringAsync($"{accepted.Headers.Location}/response", Token));
    }

    [Theory]
    [InlineData("/form")]
    [InlineData("/tokens/required")]
    public async Task Form_WithoutToken_IsRefusedAndNotStored(string path)
    {
        await using var app = await StartAsync();

        using var refused = await PostAsync(app, path, token: null);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Empty(await app.Jobs.ReadQueuesAsync());
    }

    [Fact]
    public async Task Upload_WithToken_IsAcceptedAndHasItsFileWhenItRuns()
    {
        await using var app = await StartAsync();
        var token = await FetchTokenAsync(app);
        using var content = new MultipartFormDataContent
        {
            { new StringContent(token.Field), "__RequestVerificationToken" },
            { new StringContent("the content"), "file", "a.txt" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/upload")
        {
            Content = content,
            Headers = { { "Cookie", token.Cookie } },
        };

        using var accepted = await app.SendAsync(request);
        await app.RunAllAsync();

        Assert.Equal(
            "a.txt the content", await app.Client.GetStringAsync($"{accepted.Headers.Location}/response", Token));
    }

    [Fact]
    public async Task Form_ReadByAntiforgeryInFront_IsAnErrorWithTheOrderToWrite()
    {
        await using var app = await StartAsync(isInFront: true);
        var token = await FetchTokenAsync(app);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => PostAsync(app, "/form", token));

        Assert.Contains(
            "Call UseQueuedAdmission before the middleware that reads the body, such as UseAntiforgery",
            error.Message,
            StringComparison.Ordinal);
    }

    private static Task<DeferredApp> StartAsync(bool isInFront = false) => DeferredApp.StartAsync(
        "Queues:posts:Workers=1",
        app =>
        {
            app.UseRouting();
            if (isInFront)
                app.UseAntiforgery();
            app.UseQueuedAdmission();
            if (!isInFront)
                app.UseAntiforgery();
            app.MapGet(
                "/token",
                (IAntiforgery antiforgery, HttpContext context) => antiforgery.GetAndStoreTokens(context).RequestToken);
            app.MapPost("/form", ([FromForm] string text) => text).WithQueue("posts").Defer();
            app.MapPost(
                "/upload",
                async (IFormFile file) =>
                    $"{file.FileName} {await new StreamReader(file.OpenReadStream()).ReadToEndAsync()}")
                .WithQueue("posts").Defer();
            app.MapControllers();
        },
        services =>
        {
            services.AddDataProtection();
            services.AddControllersWithViews().Only(typeof(TokenController));
        });

    private static async Task<(string Field, string Cookie)> FetchTokenAsync(DeferredApp app)
    {
        using var response = await app.SendAsync(HttpMethod.Get, "/token");
        var text = await response.Content.ReadAsStringAsync(Token);
        var field = text.StartsWith('"') ? JsonSerializer.Deserialize<string>(text)! : text;
        return (field, response.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }

    private static Task<HttpResponseMessage> PostAsync(
        DeferredApp app, string path, (string Field, string Cookie)? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["text"] = "hello",
                ["__RequestVerificationToken"] = token?.Field ?? "",
            }),
        };
        if (token is { } known)
            request.Headers.Add("Cookie", known.Cookie);
        return app.SendAsync(request);
    }
}

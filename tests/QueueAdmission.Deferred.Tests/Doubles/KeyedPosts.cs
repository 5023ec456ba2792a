using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Doubles;

/// <summary>Starts applications whose endpoints use idempotency keys, and sends requests to them.</summary>
internal sealed class KeyedPosts
{
    public const string Key = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";
    public const string OtherKey = "\"clkyoesmbgybucifusbbtdsbohtyuuwz\"";

    private bool _isGated;
    private int _came;

    public GatedHandler Handler { get; } = new();

    /// <summary>The number of requests that were about to be stored.</summary>
    public int Came => Volatile.Read(ref _came);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public Task<DeferredApp> StartAsync(
        string settings = "Queues:posts:Workers=2",
        DeferWhen when = DeferWhen.Always,
        IdempotencyKeyUse use = IdempotencyKeyUse.Optional,
        bool isGated = false,
        InMemoryJobStore? store = null,
        Func<IJobStore, IJobStore>? wrap = null)
    {
        _isGated = isGated;
        return DeferredApp.StartAsync(settings, Map, store: store, wrap: wrap);

        void Map(WebApplication app)
        {
            app.Use((context, next) =>
            {
                if (context.Request.Headers["X-User"].ToString() is { Length: > 0 } user)
                {
                    var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], "Test");
                    context.User = new ClaimsPrincipal(identity);
                }
                return next(context);
            });
            app.UsePathBase("/base").UseRouting().UseQueuedAdmission();
            app.MapPost("/posts/{id?}", (Delegate)RunAsync).WithQueue("posts").Defer(when, Configure);
            app.MapPut("/posts/{id?}", (Delegate)RunAsync).WithQueue("posts").Defer(when, Configure);
            app.MapPost("/notes", (Delegate)RunAsync).WithQueue("posts").Defer(when, Configure);
        }

        void Configure(DeferOptions options)
        {
            options.IdempotencyKey = use;
            options.SequentialBy = _ =>
            {
                Interlocked.Increment(ref _came);
                return null;
            };
        }
    }

    public static async Task<HttpResponseMessage> PostAsync(
        DeferredApp app,
        string? key,
        string path = "/posts",
        string body = "text",
        string? user = null,
        string? prefer = null,
        HttpContent? content = null,
        HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path)
        {
            Content = content ?? new ByteArrayContent(Encoding.UTF8.GetBytes(body))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("text/plain") },
            },
        };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (user is not null)
            request.Headers.Add("X-User", user);
        if (prefer is not null)
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        return await app.SendAsync(request);
    }

    public static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string title)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoStore);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal(
            (title, (int)status), (body.GetProperty("title").GetString(), body.GetProperty("status").GetInt32()));
        Assert.False(string.IsNullOrEmpty(body.GetProperty("detail").GetString()));
    }

    private async Task<string> RunAsync(HttpContext context)
    {
        var run = Handler.Enter();
        if (_isGated)
            await Handler.ExitAsync(context.RequestAborted);
        return $"run {run}";
    }
}

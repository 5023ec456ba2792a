using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Doubles;

/// <summary>Sends requests with a preference to an endpoint that defers a request if its client prefers this.</summary>
internal static class PreferredRequests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Outcomes OutcomesOf(DeferredApp app) => app.App.Services.GetRequiredService<DeferredJobs>().Outcomes;

    public static DeferredQueueState StateOf(DeferredApp app) =>
        app.App.Services.GetRequiredService<DeferredJobs>().StateOf("reports");

    public static FakeTimeProvider Clock(HttpContext context) =>
        (FakeTimeProvider)context.RequestServices.GetRequiredService<TimeProvider>();

    public static Task<DeferredApp> StartAsync(
        Delegate handler,
        string settings = "Queues:reports:Workers=1",
        InMemoryJobStore? store = null,
        Func<IJobStore, IJobStore>? wrap = null,
        FakeTimeProvider? clock = null) =>
        DeferredApp.StartAsync(
            settings,
            app =>
            {
                app.UseRouting().UseQueuedAdmission();
                app.MapPost("/reports", handler).WithQueue("reports").Defer(DeferWhen.Preferred);
            },
            store: store,
            wrap: wrap,
            clock: clock);

    public static Task<DeferredApp> StartWithFilterAsync(
        Delegate handler, Func<EndpointFilterInvocationContext, EndpointFilterDelegate, ValueTask<object?>> filter) =>
        DeferredApp.StartAsync("Queues:reports:Workers=1", app =>
        {
            app.UseRouting().UseQueuedAdmission();
            app.MapPost("/reports", handler).AddEndpointFilter(filter).WithQueue("reports").Defer(DeferWhen.Preferred);
        });

    public static async Task<HttpResponseMessage> PostAsync(DeferredApp app, string? prefer, string? key = null)
    {
        using var request = Request(prefer, key);
        return await app.SendAsync(request);
    }

    public static HttpRequestMessage Request(string? prefer, string? key = null, string path = "/reports")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("text") };
        if (prefer is not null)
            request.Headers.TryAddWithoutValidation("Prefer", prefer);
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return request;
    }

    public static async Task<string> AssertAcceptedAsync(HttpResponseMessage response, string? state, string applied)
    {
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        if (state is not null)
            Assert.Equal(state, body.GetProperty("state").GetString());
        Assert.Equal(applied, Assert.Single(response.Headers.GetValues("Preference-Applied")));
        Assert.Equal(["Prefer"], response.Headers.Vary);
        Assert.True(response.Headers.CacheControl!.NoStore);
        if (state is null or "waiting" or "running")
            Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(body.GetProperty("status").GetString(), response.Headers.Location!.OriginalString);
        return response.Headers.Location.OriginalString;
    }

    public static Task WaitingAsync(DeferredApp app) => Eventually.TrueAsync(() => OutcomesOf(app).Count == 1);
}

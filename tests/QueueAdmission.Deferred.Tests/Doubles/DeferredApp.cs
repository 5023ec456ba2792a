using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using QueueAdmission.Testing;

namespace QueueAdmission.Deferred.Doubles;

/// <summary>A small web application with in-memory deferred jobs, in-memory settings, a fake clock and a log.</summary>
internal sealed class DeferredApp : IAsyncDisposable
{
    /// <summary>The time limit, which is reached only if a test fails.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private DeferredApp(WebApplication app, FakeTimeProvider clock, InMemoryJobStore store)
    {
        (App, Clock, Store) = (app, clock, store);
        Client = app.GetTestClient();
        Client.Timeout = Bound;
    }

    public WebApplication App { get; }

    public FakeTimeProvider Clock { get; }

    public InMemoryJobStore Store { get; }

    public HttpClient Client { get; }

    public FakeLogCollector Log => App.Services.GetFakeLogCollector();

    public IDeferredJobs Jobs => App.Services.GetRequiredService<IDeferredJobs>();

    public JobQueue Queue(string name) => App.Services.GetRequiredKeyedService<JobQueue>(name);

    /// <param name="settings">
    /// Settings in the section <c>QueuedAdmission</c> in the form <c>key=value</c>, separated by spaces.
    /// </param>
    /// <param name="map">Maps the endpoints, and adds the middleware in front of the queue.</param>
    /// <param name="services">Registers additional services.</param>
    /// <param name="jobs">Configures the deferred jobs.</param>
    /// <param name="store">The store, or null for a new store.</param>
    /// <param name="wrap">Wraps the store that the application uses.</param>
    /// <param name="clock">The clock, or null for a new clock.</param>
    public static async Task<DeferredApp> StartAsync(
        string settings,
        Action<WebApplication> map,
        Action<IServiceCollection>? services = null,
        Action<IDeferredJobsBuilder>? jobs = null,
        InMemoryJobStore? store = null,
        Func<IJobStore, IJobStore>? wrap = null,
        FakeTimeProvider? clock = null)
    {
        clock ??= new FakeTimeProvider(
            DateTimeOffset.Parse("2026-01-02T03:04:05Z", System.Globalization.CultureInfo.InvariantCulture));
        store ??= new InMemoryJobStore(clock);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(Parse(settings));
        builder.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<TimeProvider>(clock).AddRouting();
        builder.Services.AddQueuedAdmission().AddDeferredJobs(deferred =>
        {
            deferred.UseStore(_ => wrap is null ? store.Open() : wrap(store.Open()));
            jobs?.Invoke(deferred);
        });
        services?.Invoke(builder.Services);
        var app = builder.Build();
        map(app);
        Microsoft.AspNetCore.Routing.IEndpointRouteBuilder routes = app;
        var endpoints = routes.DataSources.SelectMany(source => source.Endpoints);
        if (!endpoints.Any(endpoint => endpoint.Metadata.OfType<NoStatus>().Any()))
        {
            app.MapDeferredJobs();
        }
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return new DeferredApp(app, clock, store);
    }

    /// <summary>Changes settings, as an edit of the configuration would.</summary>
    public void Reload(string settings)
    {
        foreach (var (key, value) in Parse(settings))
            App.Configuration[key] = value;
        ((IConfigurationRoot)App.Configuration).Reload();
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null) =>
        SendAsync(new HttpRequestMessage(method, path) { Content = content });

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        SendAsync(request, TestContext.Current.CancellationToken);

    /// <param name="request">The request.</param>
    /// <param name="leaving">Canceled when the client leaves.</param>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken leaving) =>
        // The test server's client waits until the request has ended, even beyond the client's own time limit.
        Client.SendAsync(request, leaving).WaitAsync(Bound, TimeProvider.System, CancellationToken.None);

    /// <summary>Posts a text, and returns the path of its job.</summary>
    public async Task<string> AcceptAsync(string path, HttpContent? content = null)
    {
        using var response = await SendAsync(HttpMethod.Post, path, content ?? new StringContent("text"));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return response.Headers.Location!.OriginalString;
    }

    public Task RunAllAsync()
    {
        var token = TestContext.Current.CancellationToken;
        return Jobs.RunAllAsync(token).WaitAsync(Bound, TimeProvider.System, token);
    }

    /// <summary>Returns the state of a job as its caller sees it.</summary>
    public async Task<JsonElement> StateAsync(string job)
    {
        using var response = await SendAsync(HttpMethod.Get, job);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return JsonDocument.Parse(text).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }

    private static Dictionary<string, string?> Parse(string settings) =>
        settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(setting => setting.Split('=', 2))
            .ToDictionary(pair => $"QueuedAdmission:{pair[0]}", string? (pair) => pair[1]);

    /// <summary>Marks an application that does not map the endpoints for the state of jobs.</summary>
    internal sealed class NoStatus;
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace QueueAdmission.Doubles;

/// <summary>
/// A small web application with in-memory settings, a fake clock and a log. It runs in the test server, or on a real
/// Kestrel on the loopback address.
/// </summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly ListenOptions? _http1;
    private readonly ListenOptions? _http2;

    private TestApp(
        WebApplication app, FakeTimeProvider clock, ListenOptions? http1 = null, ListenOptions? http2 = null)
    {
        App = app;
        Clock = clock;
        _http1 = http1;
        _http2 = http2;
        Client = http1 is null ? app.GetTestClient() : NewClient(http1.IPEndPoint!, HttpVersion.Version11);
        Http2 = http2 is null ? Client : NewClient(http2.IPEndPoint!, HttpVersion.Version20);
    }

    public WebApplication App { get; }

    public FakeTimeProvider Clock { get; }

    /// <summary>A client of the test server, or of Kestrel over HTTP/1.1.</summary>
    public HttpClient Client { get; }

    /// <summary>A client of the test server, or of Kestrel over HTTP/2 without TLS.</summary>
    public HttpClient Http2 { get; }

    public IPEndPoint Http1Address => _http1!.IPEndPoint!;

    public FakeLogCollector Log => App.Services.GetFakeLogCollector();

    public JobQueueRegistry Queues => JobQueueRegistry.For(App.Services);

    /// <param name="settings">
    /// Settings in the section <c>QueuedAdmission</c> in the form <c>key=value</c>, separated by spaces.
    /// </param>
    /// <param name="configure">Configures the pipeline and the endpoints.</param>
    /// <param name="services">Registers additional services.</param>
    public static async Task<TestApp> StartAsync(
        string settings, Action<WebApplication> configure, Action<IServiceCollection>? services = null)
    {
        var clock = new FakeTimeProvider();
        var app = Build(settings, configure, services, clock, web => web.UseTestServer());
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestApp(app, clock);
    }

    /// <summary>Starts the same application on a real Kestrel, with one port for HTTP/1.1 and one for HTTP/2.</summary>
    public static async Task<TestApp> StartKestrelAsync(
        string settings, Action<WebApplication> configure, Action<IServiceCollection>? services = null)
    {
        ListenOptions? http1 = null, http2 = null;
        var clock = new FakeTimeProvider();
        var app = Build(settings, configure, services, clock, web => web.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => (http1 = listen).Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => (http2 = listen).Protocols = HttpProtocols.Http2);
        }));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestApp(app, clock, http1, http2);
    }

    public JobQueue Queue(string name = JobQueue.DefaultName) =>
        Queues.TryGet(name, out var queue) ? queue : throw new InvalidOperationException($"No queue '{name}'.");

    /// <summary>Changes settings, as an edit of the configuration would.</summary>
    public void Reload(string settings)
    {
        foreach (var (key, value) in Parse(settings))
            App.Configuration[key] = value;
        ((IConfigurationRoot)App.Configuration).Reload();
    }

    /// <summary>Removes a key and everything below it, as an edit of the configuration would.</summary>
    public void Remove(string key)
    {
        var root = (IConfigurationRoot)App.Configuration;
        var section = $"QueuedAdmission:{key}";
        var kept = root.AsEnumerable().Where(
            setting =>
                setting.Value is not null && !setting.Key.StartsWith(
                    section, StringComparison.OrdinalIgnoreCase)).ToList();
        ((IConfigurationBuilder)App.Configuration).Sources.Clear();
        ((IConfigurationBuilder)App.Configuration).AddInMemoryCollection(kept);
        root.Reload();
    }

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken = default) =>
        Client.GetAsync(path, cancellationToken == default ? TestContext.Current.CancellationToken : cancellationToken);

    public Task<string> GetStringAsync(string path) =>
        Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    /// <summary>Sends a request that has to wait. Returns as soon as the request waits in the queue.</summary>
    public async Task<Task<HttpResponseMessage>> GetAndWaitInLineAsync(
        string path, JobQueue queue, CancellationToken cancellationToken = default)
    {
        var waiting = queue.GetSnapshot().Waiting;
        var response = GetAsync(path, cancellationToken);
        await Eventually.TrueAsync(() => queue.GetSnapshot().Waiting == waiting + 1);
        return response;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Http2.Dispose();
        await App.DisposeAsync();
    }

    private static WebApplication Build(
        string settings, Action<WebApplication> configure, Action<IServiceCollection>? services, FakeTimeProvider clock,
        Action<IWebHostBuilder> server)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(Parse(settings));
        builder.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(clock).AddRouting();
        server(builder.WebHost);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        configure(app);
        return app;
    }

    private static Dictionary<string, string?> Parse(string settings) =>
        settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(setting => setting.Split('=', 2))
            .ToDictionary(pair => $"QueuedAdmission:{pair[0]}", string? (pair) => pair[1]);

    private static HttpClient NewClient(IPEndPoint address, Version version) => new(new SocketsHttpHandler())
    {
        BaseAddress = new Uri($"http://{address}"),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}

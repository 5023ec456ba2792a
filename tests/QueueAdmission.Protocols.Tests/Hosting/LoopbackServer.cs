using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace QueueAdmission.Protocols.Hosting;

/// <summary>
/// A Kestrel server at the loopback address whose endpoints have queues. One port serves HTTP/1.1, and another serves
/// HTTP/2 without TLS.
/// </summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    /// <summary>The name of the queue that every server has. The queue has one worker by default.</summary>
    public const string Line = "line";

    private readonly WebApplication _app;
    private readonly List<HttpClient> _clients = [];

    private LoopbackServer(WebApplication app, IPEndPoint http1, IPEndPoint http2)
    {
        _app = app;
        Http1Address = new Uri($"http://{http1}");
        Http2Address = new Uri($"http://{http2}");
        Http1 = NewClient(HttpVersion.Version11);
        Http2 = NewClient(HttpVersion.Version20);
    }

    public Uri Http1Address { get; }

    public Uri Http2Address { get; }

    public HttpClient Http1 { get; }

    public HttpClient Http2 { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="map">
    /// Builds the pipeline and maps the endpoints. The queues precede the endpoints, unless this function calls
    /// <c>UseQueuedAdmission</c> at another place.
    /// </param>
    /// <param name="build">Adds services and logging.</param>
    /// <param name="line">Sets further options of the queue <see cref="Line"/>.</param>
    /// <param name="queues">Adds further queues, and sets other options of the middleware.</param>
    /// <param name="kestrel">Sets the limits of the server.</param>
    public static async Task<LoopbackServer> StartAsync(
        Action<WebApplication> map,
        Action<WebApplicationBuilder>? build = null,
        Action<RequestQueueOptions>? line = null,
        Action<QueuedAdmissionOptions>? queues = null,
        Action<KestrelServerOptions>? kestrel = null)
    {
        ListenOptions? http1 = null, http2 = null;
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = typeof(LoopbackServer).Assembly.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.Limits.MaxRequestBodySize = null;
            server.Listen(IPAddress.Loopback, 0, listen => (http1 = listen).Protocols = HttpProtocols.Http1);
            server.Listen(IPAddress.Loopback, 0, listen => (http2 = listen).Protocols = HttpProtocols.Http2);
            kestrel?.Invoke(server);
        });
        builder.Services.AddRouting();
        builder.Services.AddQueuedAdmission(options =>
        {
            options.AddQueue(Line, queue => queue.Workers = 1);
            if (line is not null)
                options.AddQueue(Line, line);
            queues?.Invoke(options);
        });
        build?.Invoke(builder);
        var app = builder.Build();
        app.UseRouting();
        map(app);
        app.UseQueuedAdmission();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new LoopbackServer(app, http1!.IPEndPoint!, http2!.IPEndPoint!);
    }

    public JobQueue Queue(string name = Line) =>
        _app.Services.GetRequiredService<JobQueueRegistry>().TryGet(name, out var queue)
        ? queue
        : throw new ArgumentException($"There is no queue '{name}'.");

    /// <summary>Creates a client with separate connections.</summary>
    public HttpClient NewClient(Version version)
    {
        var client = new HttpClient(new SocketsHttpHandler())
        {
            BaseAddress = version.Major == 1 ? Http1Address : Http2Address,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Patience.Limit,
        };
        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await _app.DisposeAsync();
    }
}

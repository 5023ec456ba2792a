using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Responses;

/// <summary>A real Kestrel on the loopback address that refuses every request, with its clients.</summary>
internal sealed class RefusingServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RefusingServer(WebApplication app, IPEndPoint http1, IPEndPoint http2)
    {
        _app = app;
        Http1 = NewClient(http1, HttpVersion.Version11);
        Http2 = NewClient(http2, HttpVersion.Version20);
    }

    /// <summary>A client for HTTP/1.1.</summary>
    public HttpClient Http1 { get; }

    /// <summary>A client for HTTP/2 without TLS (prior knowledge).</summary>
    public HttpClient Http2 { get; }

    public static async Task<RefusingServer> StartAsync(
        Func<HttpContext, Task>? before = null,
        Func<HttpContext, Task>? after = null,
        Action<IServiceCollection>? services = null,
        Action<IApplicationBuilder>? outer = null,
        Func<RejectionContext, ValueTask>? onRejected = null,
        TimeProvider? time = null)
    {
        ListenOptions? http1 = null, http2 = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => (http1 = listen).Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => (http2 = listen).Protocols = HttpProtocols.Http2);
        });
        services?.Invoke(builder.Services);
        var app = builder.Build();
        var queue = RejectedRequest.NewQueue(time: time);
        outer?.Invoke(app);
        app.Run(async context =>
        {
            if (before is not null)
                await before(context);
            await RejectionResponder.RespondAsync(
                context, queue, RejectedRequest.Full, TimeSpan.Zero, new RejectionHandling(onRejected, []));
            if (after is not null)
                await after(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RefusingServer(app, http1!.IPEndPoint!, http2!.IPEndPoint!);
    }

    public async ValueTask DisposeAsync()
    {
        Http1.Dispose();
        Http2.Dispose();
        await _app.DisposeAsync();
    }

    private static HttpClient NewClient(IPEndPoint address, Version version) => new(new OneVersion(version))
    {
        BaseAddress = new Uri($"http://{address}"),
        Timeout = TimeSpan.FromMinutes(1),
    };

    // The default version of a client does not apply to requests that a caller creates.
    private sealed class OneVersion(Version version) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Version = version;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            return base.SendAsync(request, cancellationToken);
        }
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Benchmarks;

/// <summary>
/// A real application with one endpoint and the middleware of one peer, called within this process. Without sockets and
/// parsing, only the middleware is measured.
/// </summary>
/// <remarks>
/// The endpoint is mapped and known to routing, as in any application. The peer's middleware is placed in front of the
/// handler, and is called with contexts on which the endpoint is already set, as routing would leave them.
/// </remarks>
public sealed class Pipeline
{
    private readonly RequestDelegate _call;
    private readonly Endpoint _endpoint;
    private readonly IServiceProvider _services;

    private Pipeline(RequestDelegate call, Endpoint endpoint, IServiceProvider services)
    {
        _call = call;
        _endpoint = endpoint;
        _services = services;
    }

    /// <summary>Calls the middleware and the handler.</summary>
    public Task InvokeAsync(HttpContext context) => _call(context);

    /// <summary>
    /// Returns a context for a request to the endpoint. It can be used repeatedly, but not by concurrent callers.
    /// </summary>
    public DefaultHttpContext NewContext()
    {
        var context = new DefaultHttpContext { RequestServices = _services };
        context.Request.Method = HttpMethods.Get;
        context.Request.Protocol = HttpProtocol.Http11;
        context.Features.Set<IHttpResponseBodyFeature>(new NullResponseBody());
        context.SetEndpoint(_endpoint);
        return context;
    }

    public static Pipeline Build(RequestDelegate handler, Peer peer, bool queued = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        peer.Configure(builder);
        var app = builder.Build();
        var endpoint = app.MapGet("/", handler);
        if (queued)
            peer.Protect(endpoint);

        RequestDelegate? call = null;
        Endpoint? routed = null;
        app.UseRouting();
        app.Use(next =>
        {
            call = next;
            return context =>
            {
                routed = context.GetEndpoint();
                return next(context);
            };
        });
        peer.Use(app);
        app.Run(handler);
        // This middleware is never reached. Adding it registers the endpoint with routing.
        app.UseEndpoints(static _ => { });

        // Take the endpoint object from one routed request: routing uses another object than the data sources list.
        var context = new DefaultHttpContext { RequestServices = app.Services };
        context.Request.Method = HttpMethods.Get;
        context.Request.Path = "/";
        _ = ((IApplicationBuilder)app).Build()(context);
        return new Pipeline(
            call!, routed ?? throw new InvalidOperationException("Routing found no endpoint."), app.Services);
    }
}

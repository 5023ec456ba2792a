using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using QueueAdmission.Protocols.Hosting;
using Yarp.ReverseProxy.Configuration;

namespace QueueAdmission.Protocols.Proxies;

/// <summary>A slow service behind a proxy. It echoes the body of a request when the gate is open.</summary>
internal sealed class Destination : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Destination(WebApplication app, Gate gate)
    {
        _app = app;
        Gate = gate;
    }

    public Gate Gate { get; }

    public RouteConfig[] Routes { get; } =
        [new() { RouteId = "all", ClusterId = "slow", Match = new RouteMatch { Path = "{**rest}" } }];

    public ClusterConfig[] Clusters =>
    [
        new()
        {
            ClusterId = "slow",
            Destinations = new Dictionary<string, DestinationConfig>
            {
                ["only"] = new()
                {
                    Address = _app.Services.GetRequiredService<IServer>()
                        .Features.Get<IServerAddressesFeature>()!
                        .Addresses.Single(),
                },
            },
        },
    ];

    public static async Task<Destination> StartAsync()
    {
        var gate = new Gate();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            await gate.PassAsync();
            await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Destination(app, gate);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

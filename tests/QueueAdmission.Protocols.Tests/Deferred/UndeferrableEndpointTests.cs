using Microsoft.AspNetCore.SignalR;
using QueueAdmission.Protocols.Grpc;
using QueueAdmission.Protocols.Hosting;
using QueueAdmission.Protocols.Proxies;
using QueueAdmission.Testing;

namespace QueueAdmission.Protocols.Deferred;

/// <summary>
/// Tests that deferring an endpoint whose framework does not allow this stops the application at startup.
/// </summary>
public sealed class UndeferrableEndpointTests
{
    private const string NoFilter = "it runs no filter that could store the request";

    [Fact]
    public Task GrpcService_Deferred_StopsTheStart() => AssertFailsAsync(
        "a gRPC client expects a gRPC message and status",
        app => app.MapGrpcService<OrderService>().WithQueue(LoopbackServer.Line).Defer(),
        services => services.AddSingleton(new Gate()).AddGrpc());

    [Fact]
    public Task RazorPages_Deferred_StopTheStart() => AssertFailsAsync(
        "Razor Pages have no filter between binding and handler that could store the request",
        app => app.MapRazorPages().WithQueue(LoopbackServer.Line).Defer(),
        services => services.AddRazorPages(options => options.RootDirectory = "/Frameworks/Pages"));

    [Fact]
    public async Task ProxiedRoute_Deferred_StopsTheStart()
    {
        await using var destination = await Destination.StartAsync();
        await AssertFailsAsync(
            NoFilter,
            app => app.MapReverseProxy().WithQueue(LoopbackServer.Line).Defer(),
            services => services.AddReverseProxy().LoadFromMemory(destination.Routes, destination.Clusters));
    }

    [Fact]
    public Task Hub_Deferred_StopsTheStart() => AssertFailsAsync(
        "a hub is a connection, which cannot run later",
        app => app.MapHub<SilentHub>("/hub").WithQueue(LoopbackServer.Line).Defer(),
        services => services.AddSignalR());

    private static async Task AssertFailsAsync(
        string expected, Action<WebApplication> map, Action<IServiceCollection> services)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var server = await LoopbackServer.StartAsync(
                app =>
                {
                    map(app);
                    app.MapDeferredJobs();
                },
                builder =>
                {
                    services(builder.Services);
                    builder.Services.AddQueuedAdmission()
                        .AddDeferredJobs(d => d.UseStore(_ => new InMemoryJobStore().Open()));
                });
        });

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private sealed class SilentHub : Hub;
}

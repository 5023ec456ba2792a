using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using QueueAdmission.Testing;

namespace QueueAdmission.Cluster.Driver;

/// <summary>A node of a cluster, which runs in this process: a host with the queue <c>stock</c>.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly IHost _host;

    private TestNode(IHost host) => _host = host;

    public JobQueue Queue => _host.Services.GetRequiredKeyedService<JobQueue>("stock");

    public ICluster Cluster => _host.Services.GetRequiredService<ICluster>();

    public ClusterQueue View => Assert.Single(Cluster.GetQueues());

    public IServiceProvider Services => _host.Services;

    public IReadOnlyList<FakeLogRecord> Log => _host.Services.GetRequiredService<FakeLogCollector>().GetSnapshot();

    public static async Task<TestNode> StartAsync(
        InMemoryLeaseStore? server, int limit, LeaseFallback? fallback = null,
        Action<JobQueueOptions>? configure = null, TimeSpan? leaseDuration = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "shop", EnvironmentName = "Test" });
        builder.Logging.AddFakeLogging();
        builder.Services.Configure<ClusterOptions>(o => o.LeaseDuration = leaseDuration ?? TimeSpan.FromSeconds(1));
        builder.Services
            .AddJobQueue("stock", o =>
            {
                o.Set(ClusterSettings.ClusterWorkers, limit);
                o.Set(ClusterSettings.ClusterFallback, fallback ?? LeaseFallback.Stop);
                configure?.Invoke(o);
            })
            .AddCluster(c =>
            {
                if (server is not null)
                    c.UseStore(_ => server.Open());
            });
        builder.Services.AddHealthChecks().AddQueueCluster();
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var node = new TestNode(host);
        _ = node.Queue;
        return node;
    }

    /// <summary>Takes a number of workers in turn, and waits for each worker.</summary>
    public async Task<List<QueueLease>> TakeAsync(int count)
    {
        var leases = new List<QueueLease>();
        for (var i = 0; i < count; i++)
        {
            leases.Add(await Queue.EnterAsync(TestContext.Current.CancellationToken));
        }
        return leases;
    }

    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        _host.Dispose();
    }
}

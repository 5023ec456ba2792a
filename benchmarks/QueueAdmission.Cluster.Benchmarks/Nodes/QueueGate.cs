using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace QueueAdmission.Cluster.Benchmarks.Nodes;

/// <summary>Admits jobs with the product's queue, as used in a program without a web server.</summary>
internal sealed class QueueGate : IGate
{
    private readonly IHost _host;

    private QueueGate(IHost host)
    {
        _host = host;
        Queue = host.Services.GetRequiredKeyedService<JobQueue>("stock");
    }

    public JobQueue Queue { get; }

    public static async Task<QueueGate> StartAsync(NodeSettings settings, NodeEvents events)
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "benchmark" });
        builder.Logging.AddProvider(events);
        builder.Services.Configure<ClusterOptions>(
            o => (o.Name, o.LeaseDuration) = (settings.Cluster, NodeSettings.LeaseDuration));
        builder.Services
            .AddJobQueue("stock", o =>
            {
                o.Set(ClusterSettings.ClusterWorkers, settings.Workers);
                o.Set(
                    ClusterSettings.ClusterFallback,
                    settings.Fallback == "Share" ? LeaseFallback.Share : LeaseFallback.Stop);
                o.MaxWaiting = 100_000;
                o.MaxWait = Timeout.InfiniteTimeSpan;
            })
            .AddCluster(c => UseStore(c, settings));
        var host = builder.Build();
        await host.StartAsync();
        return new QueueGate(host);
    }

    public async ValueTask<IDisposable> EnterAsync()
    {
        var lease = await Queue.EnterAsync();
        return lease.IsAdmitted ? lease : throw new InvalidOperationException("The queue has refused a job.");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static void UseStore(IClusterBuilder cluster, NodeSettings settings) => _ = settings.Gate switch
    {
        "postgres" => cluster.UsePostgreSql(settings.Connection),
        "sqlite" => cluster.UseSqlite(settings.Connection),
        _ => cluster.UseRedis(settings.Connection),
    };
}

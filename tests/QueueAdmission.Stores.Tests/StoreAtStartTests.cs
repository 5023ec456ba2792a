using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using QueueAdmission.Cluster;
using QueueAdmission.Stores.Servers;

namespace QueueAdmission.Stores;

/// <summary>
/// Tests the start of an application with malformed settings, an unreachable store and a working store.
/// </summary>
public sealed class StoreAtStartTests
{
    public static TheoryData<string, Action<IClusterBuilder>> Malformed => new()
    {
        { "UseRedis, connection string: the server 'localhost:port'", cluster => cluster.UseRedis("localhost:port") },
        { "UseRedis, connection string: it is empty", cluster => cluster.UseRedis(_ => null) },
        {
            "UseRedis, CallTimeout: it is 00:00:00",
            cluster => cluster.UseRedis("localhost", options => options.CallTimeout = TimeSpan.Zero)
        },
        { "UsePostgreSql, connection string: it names no Host", cluster => cluster.UsePostgreSql("Database=shop") },
        {
            "UsePostgreSql, Schema: it is ''",
            cluster => cluster.UsePostgreSql("Host=db", options => options.Schema = "")
        },
        { "UseSqlite, path: it is empty", cluster => cluster.UseSqlite("") },
    };

    public static TheoryData<string, Action<IClusterBuilder>> Unreachable => new()
    {
        { nameof(LeaseStoreProblem.Unreachable), cluster => cluster.UseRedis($"127.0.0.1:{Ports.FindFree()}") },
        {
            nameof(LeaseStoreProblem.Unreachable),
            cluster => cluster.UsePostgreSql($"Host=127.0.0.1;Port={Ports.FindFree()};Username=x")
        },
        { nameof(LeaseStoreProblem.Unusable), cluster => cluster.UseSqlite("/not/there/leases.db") },
    };

    [Theory]
    [MemberData(nameof(Malformed), DisableDiscoveryEnumeration = true)]
    public async Task Start_SettingIsMalformed_FailsAndNamesIt(string expected, Action<IClusterBuilder> useStore)
    {
        using var host = NewHost(useStore);

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Unreachable), DisableDiscoveryEnumeration = true)]
    public async Task Start_StoreIsAway_StartsAndNamesTheProblem(string expected, Action<IClusterBuilder> useStore)
    {
        using var host = NewHost(useStore);

        await host.StartAsync(TestContext.Current.CancellationToken);
        _ = host.Services.GetRequiredKeyedService<JobQueue>("stock");

        var cluster = host.Services.GetRequiredService<ICluster>();
        Eventually.True(() => cluster.Outage is not null, () => "No outage is told.");
        Assert.Equal(expected, cluster.Outage!.Problem.ToString());
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Start_TwoNodesOnOneFile_BothGetALease()
    {
        using var file = new Sqlite.LeaseFile();
        using var one = NewHost(cluster => cluster.UseSqlite(file.Path));
        using var other = NewHost(cluster => cluster.UseSqlite(file.Path));

        await one.StartAsync(TestContext.Current.CancellationToken);
        await other.StartAsync(TestContext.Current.CancellationToken);
        _ = one.Services.GetRequiredKeyedService<JobQueue>("stock");
        _ = other.Services.GetRequiredKeyedService<JobQueue>("stock");

        Eventually.True(() => Nodes(one) == 2 && Nodes(other) == 2, () => "The nodes do not see each other.");
        await one.StopAsync(TestContext.Current.CancellationToken);
        await other.StopAsync(TestContext.Current.CancellationToken);
    }

    private static int Nodes(IHost host) =>
        host.Services.GetRequiredService<ICluster>().GetQueues().SingleOrDefault()?.Nodes.Count ?? 0;

    private static IHost NewHost(Action<IClusterBuilder> useStore)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services
            .AddJobQueue("stock", options => options.Set(ClusterSettings.ClusterWorkers, 4))
            .AddCluster(useStore);
        return builder.Build();
    }
}

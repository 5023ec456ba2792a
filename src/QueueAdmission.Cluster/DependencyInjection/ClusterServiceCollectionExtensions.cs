using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using QueueAdmission;
using QueueAdmission.Cluster;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a cluster to the queues of an application.</summary>
public static class ClusterServiceCollectionExtensions
{
    /// <summary>
    /// Lets the nodes of the application share workers: queues can have <c>ClusterWorkers</c>, a limit over all nodes.
    /// </summary>
    /// <remarks>
    /// <code>
    /// services.AddQueuedAdmission().AddCluster(c => c.UseRedis(connectionString));
    /// services.AddJobQueue("pdf", o => o.Set(ClusterSettings.ClusterWorkers, 8))
    ///     .AddCluster(c => c.UseRedis(connectionString));
    /// </code>
    /// A queue without <c>ClusterWorkers</c> is not touched. Several calls configure one cluster.
    /// </remarks>
    /// <param name="builder">What <c>AddQueuedAdmission</c> or <c>AddJobQueue</c> returned.</param>
    /// <param name="configure">Chooses the store.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="configure"/> is null.
    /// </exception>
    public static IQueueAdmissionBuilder AddCluster(
        this IQueueAdmissionBuilder builder, Action<IClusterBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        configure(new ClusterBuilder(services));
        if (services.Any(service => service.ServiceType == typeof(ClusterHost)))
            return builder;
        builder.AddQueueSetting(ClusterSettings.ClusterWorkers).AddQueueSetting(ClusterSettings.ClusterFallback);
        services.AddQueueConfigurationKey("Cluster");
        services.AddOptions<ClusterOptions>().ValidateOnStart();
        services.AddSingleton(static provider => new ClusterOptionsReader(provider.GetService<IConfiguration>()));
        services.AddSingleton<IConfigureOptions<ClusterOptions>>(
            static provider => provider.GetRequiredService<ClusterOptionsReader>());
        services.AddSingleton<IValidateOptions<ClusterOptions>>(
            static provider => provider.GetRequiredService<ClusterOptionsReader>());
        services.AddSingleton<IOptionsChangeTokenSource<ClusterOptions>>(static provider =>
            new ConfigurationChangeTokenSource<ClusterOptions>(
                provider.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build()));
        services.AddSingleton<IValidateOptions<JobQueueOptions>, ClusterStoreCheck>();
        services.AddSingleton<ClusterHost>();
        services.AddSingleton<ICluster>(static provider => provider.GetRequiredService<ClusterHost>());
        services.AddSingleton<IJobQueueExtension>(static provider => provider.GetRequiredService<ClusterHost>());
        services.AddHostedService(static provider => provider.GetRequiredService<ClusterHost>());
        return builder;
    }

    /// <summary>
    /// Adds a health check of the cluster: Degraded while the store is away, or while a queue has no lease. Never
    /// Unhealthy, because the same store serves all nodes, and restarting them does not bring it back.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The name of the check. Default <c>queue_cluster</c>.</param>
    /// <param name="tags">The tags of the check. Default null: none.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="name"/> is null.
    /// </exception>
    public static IHealthChecksBuilder AddQueueCluster(
        this IHealthChecksBuilder builder, string name = "queue_cluster", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        return builder.Add(new HealthCheckRegistration(
            name,
            static services => new ClusterHealthCheck(services.GetRequiredService<ICluster>()),
            failureStatus: null, tags));
    }
}

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
    /// Lets the nodes of the application share workers. Queues can then have <c>ClusterWorkers</c>, a limit for all
    /// nodes together.
    /// </summary>
    /// <remarks>
    /// <code>
    /// services.AddQueuedAdmission().AddCluster(c => c.UseRedis(connectionString));
    /// services.AddJobQueue("pdf", o => o.Set(ClusterSettings.ClusterWorkers, 8))
    ///     .AddCluster(c => c.UseRedis(connectionString));
    /// </code>
    /// A queue without <c>ClusterWorkers</c> is not affected. Several calls configure the same cluster.
    /// </remarks>
    /// <param name="builder">The builder that <c>AddQueuedAdmission</c> or <c>AddJobQueue</c> returned.</param>
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
    /// Adds a health check of the cluster. It reports Degraded while the store cannot be used, or while a queue has no
    /// lease. It never reports Unhealthy: all nodes use the same store, so restarting a node would not help.
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

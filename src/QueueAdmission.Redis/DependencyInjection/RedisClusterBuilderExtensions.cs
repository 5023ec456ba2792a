using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission;
using QueueAdmission.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets the nodes of a cluster meet in Redis.</summary>
public static class RedisClusterBuilderExtensions
{
    /// <summary>Keeps the leases of the cluster in Redis, version 6 or newer.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="connectionString">
    /// The servers and options, as StackExchange.Redis writes them. For example
    /// <c>redis.example.com:6380,user=shop,password=…,ssl=true</c>, or with Sentinel
    /// <c>sentinel1,sentinel2,sentinel3,serviceName=shop</c>. It is checked when the application starts.
    /// </param>
    /// <param name="configure">Sets what the connection string does not say.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IClusterBuilder UseRedis(
        this IClusterBuilder builder,
        string connectionString,
        Action<RedisLeaseStoreOptions>? configure = null) =>
        builder.UseRedis(_ => connectionString, configure);

    /// <summary>Keeps the leases of the cluster in Redis, with a connection string that may change.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="connectionString">
    /// Returns the servers and options, as StackExchange.Redis writes them. Called for each connection and each call,
    /// on any thread, so credentials that were rotated are picked up. It has to return at once, for example from
    /// <c>IConfiguration</c>.
    /// </param>
    /// <param name="configure">Sets what the connection string does not say.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="connectionString"/> is null.
    /// </exception>
    public static IClusterBuilder UseRedis(
        this IClusterBuilder builder,
        Func<IServiceProvider, string?> connectionString,
        Action<RedisLeaseStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connectionString);
        return builder.UseStore(services =>
        {
            var options = new RedisLeaseStoreOptions();
            configure?.Invoke(options);
            var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
            return new RedisLeaseStore(
                () => connectionString(services), options, loggers.CreateGuardedLogger("QueueAdmission.Redis"));
        });
    }
}

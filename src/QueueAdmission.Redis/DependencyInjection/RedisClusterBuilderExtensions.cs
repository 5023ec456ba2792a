using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission;
using QueueAdmission.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that keep the leases of a cluster in Redis.</summary>
public static class RedisClusterBuilderExtensions
{
    /// <summary>Keeps the leases of the cluster in Redis, version 6 or newer.</summary>
    /// <param name="builder">The builder of the cluster.</param>
    /// <param name="connectionString">
    /// The servers and options, in the format of StackExchange.Redis. For example
    /// <c>redis.example.com:6380,user=shop,password=…,ssl=true</c>, or with Sentinel
    /// <c>sentinel1,sentinel2,sentinel3,serviceName=shop</c>. The string is checked when the application starts.
    /// </param>
    /// <param name="configure">Sets the options that are not part of the connection string.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IClusterBuilder UseRedis(
        this IClusterBuilder builder,
        string connectionString,
        Action<RedisLeaseStoreOptions>? configure = null) =>
        builder.UseRedis(_ => connectionString, configure);

    /// <summary>Keeps the leases of the cluster in Redis, with a connection string that may change.</summary>
    /// <param name="builder">The builder of the cluster.</param>
    /// <param name="connectionString">
    /// Returns the servers and options, in the format of StackExchange.Redis. The function is called at startup and for
    /// each new connection, on any thread, so new connections use rotated credentials. It must return immediately, for
    /// example from <c>IConfiguration</c>.
    /// </param>
    /// <param name="configure">Sets the options that are not part of the connection string.</param>
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

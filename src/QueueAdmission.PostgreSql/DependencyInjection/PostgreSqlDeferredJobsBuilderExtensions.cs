using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission;
using QueueAdmission.PostgreSql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps deferred jobs in PostgreSQL.</summary>
public static class PostgreSqlDeferredJobsBuilderExtensions
{
    /// <summary>Keeps deferred jobs in PostgreSQL, for any number of nodes on any number of hosts.</summary>
    /// <remarks>
    /// All nodes accept jobs and run them. When a node is gone, its jobs run elsewhere within 5 seconds.
    /// </remarks>
    /// <param name="builder">The deferred jobs.</param>
    /// <param name="connectionString">
    /// The servers and options, as Npgsql writes them. With several hosts the primary is used. It is checked when the
    /// application starts.
    /// </param>
    /// <param name="configure">Sets what the connection string does not say.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IDeferredJobsBuilder UsePostgreSql(
        this IDeferredJobsBuilder builder,
        string connectionString,
        Action<PostgreSqlJobStoreOptions>? configure = null) =>
        builder.UsePostgreSql(_ => connectionString, configure);

    /// <summary>Keeps deferred jobs in PostgreSQL, with a connection string that may change.</summary>
    /// <param name="builder">The deferred jobs.</param>
    /// <param name="connectionString">
    /// Returns the servers and options, as Npgsql writes them. Called for each connection, on any thread, so rotated
    /// credentials are picked up.
    /// </param>
    /// <param name="configure">Sets what the connection string does not say.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="builder"/> or <paramref name="connectionString"/> is null.
    /// </exception>
    public static IDeferredJobsBuilder UsePostgreSql(
        this IDeferredJobsBuilder builder,
        Func<IServiceProvider, string?> connectionString,
        Action<PostgreSqlJobStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connectionString);
        return builder.UseStore(services =>
        {
            var options = new PostgreSqlJobStoreOptions();
            configure?.Invoke(options);
            var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
            return new PostgreSqlJobStore(
                () => connectionString(services), options, loggers.CreateGuardedLogger("QueueAdmission.PostgreSql"));
        });
    }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission;
using QueueAdmission.PostgreSql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that keep deferred jobs in PostgreSQL.</summary>
public static class PostgreSqlDeferredJobsBuilderExtensions
{
    /// <summary>Keeps deferred jobs in PostgreSQL, for any number of nodes on any number of hosts.</summary>
    /// <remarks>
    /// All nodes accept and run jobs. If a node fails, other nodes run its jobs within 5 seconds.
    /// </remarks>
    /// <param name="builder">The builder of the deferred jobs.</param>
    /// <param name="connectionString">
    /// The servers and options, in the format of Npgsql. If it contains several hosts, the primary is used. The string
    /// is checked when the application starts.
    /// </param>
    /// <param name="configure">Sets the options that are not part of the connection string.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IDeferredJobsBuilder UsePostgreSql(
        this IDeferredJobsBuilder builder,
        string connectionString,
        Action<PostgreSqlJobStoreOptions>? configure = null) =>
        builder.UsePostgreSql(_ => connectionString, configure);

    /// <summary>Keeps deferred jobs in PostgreSQL, with a connection string that may change.</summary>
    /// <param name="builder">The builder of the deferred jobs.</param>
    /// <param name="connectionString">
    /// Returns the servers and options, in the format of Npgsql. The function is called at startup and for each new
    /// connection, on any thread, so new connections use rotated credentials.
    /// </param>
    /// <param name="configure">Sets the options that are not part of the connection string.</param>
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

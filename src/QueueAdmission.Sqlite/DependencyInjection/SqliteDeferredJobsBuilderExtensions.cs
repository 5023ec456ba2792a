using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission;
using QueueAdmission.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that keep deferred jobs in a SQLite file.</summary>
public static class SqliteDeferredJobsBuilderExtensions
{
    /// <summary>Keeps deferred jobs in a file, for one process or several processes on one host.</summary>
    /// <remarks>
    /// <para>All processes use the same file on a local disk. A missing file is created, but its folder must exist. A
    /// network file system is refused. All processes accept jobs. One of them runs jobs. When this process ends,
    /// another process takes over within a second.</para>
    /// <para>The folder of <c>jobs.db</c> also contains <c>jobs.db-wal</c> and <c>jobs.db-shm</c>, which are part of
    /// the database. The process that runs jobs holds a lock on <c>jobs.db.owner</c>. None of these files may be
    /// deleted while a process runs.</para>
    /// </remarks>
    /// <param name="builder">The builder of the deferred jobs.</param>
    /// <param name="connectionString">
    /// The connection string with the path of the file, for example <c>Data Source=jobs.db</c>. A relative path starts
    /// at the current folder of the process. The string is checked when the application starts.
    /// </param>
    /// <param name="configure">Sets the options that are not part of the connection string.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IDeferredJobsBuilder UseSqlite(
        this IDeferredJobsBuilder builder,
        string connectionString,
        Action<SqliteJobStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseStore(services =>
        {
            var options = new SqliteJobStoreOptions();
            configure?.Invoke(options);
            var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
            return new SqliteJobStore(
                new SqliteJobSettings(connectionString, options),
                Host.This,
                loggers.CreateGuardedLogger("QueueAdmission.Sqlite"));
        });
    }
}

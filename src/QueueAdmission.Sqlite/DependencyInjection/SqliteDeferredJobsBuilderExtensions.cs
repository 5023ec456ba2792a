using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueueAdmission;
using QueueAdmission.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps deferred jobs in a SQLite file.</summary>
public static class SqliteDeferredJobsBuilderExtensions
{
    /// <summary>Keeps deferred jobs in a file, for one process or several processes on one host.</summary>
    /// <remarks>
    /// <para>All processes use the same file on a local disk. It is made when it is missing; its folder has to exist. A
    /// network file system is refused. All processes accept jobs. One of them runs jobs, and when it ends another one
    /// goes on within a second.</para>
    /// <para>Beside <c>jobs.db</c> there are <c>jobs.db-wal</c> and <c>jobs.db-shm</c>, which belong to it, and
    /// <c>jobs.db.owner</c>, which is locked by the process that runs jobs. None may be deleted while a process
    /// runs.</para>
    /// </remarks>
    /// <param name="builder">The deferred jobs.</param>
    /// <param name="connectionString">
    /// Names the file: <c>Data Source=jobs.db</c>. A relative path counts from the current folder of the process. It is
    /// checked when the application starts.
    /// </param>
    /// <param name="configure">Sets what the connection string does not say.</param>
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
                new SqliteJobSettings(connectionString, options), Host.This, loggers.CreateGuardedLogger("QueueAdmission.Sqlite"));
        });
    }
}

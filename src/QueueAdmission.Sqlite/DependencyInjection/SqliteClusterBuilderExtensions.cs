using QueueAdmission.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Extension methods that keep the leases of a cluster in a SQLite file.</summary>
public static class SqliteClusterBuilderExtensions
{
    /// <summary>Keeps the leases of the cluster in a file, for several processes on one host.</summary>
    /// <remarks>
    /// All processes use the same file on a local disk. A missing file is created, but its folder must exist. A network
    /// file system is refused, because SQLite's locks and the host's clock do not apply to other hosts. Containers on
    /// one host may share the file through a volume.
    /// </remarks>
    /// <param name="builder">The builder of the cluster.</param>
    /// <param name="path">
    /// The path of the file. A relative path starts at the current folder of the process. The path is checked when the
    /// application starts.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IClusterBuilder UseSqlite(this IClusterBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseStore(_ => new SqliteLeaseStore(path, Host.This));
    }
}

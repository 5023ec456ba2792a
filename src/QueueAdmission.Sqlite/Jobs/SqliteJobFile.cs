using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace QueueAdmission.Sqlite;

/// <summary>Opens connections to the file of the store of deferred jobs.</summary>
internal static class SqliteJobFile
{
    /// <summary>
    /// In pages of 4 KB. SQLite moves pages from the log to the file at this length. More costs longer stalls, less
    /// costs more calls that wait for the disk.
    /// </summary>
    private const int CheckpointLength = 4_000;

    /// <summary>The one connection that writes. It makes the file if it is missing.</summary>
    /// <remarks>
    /// WAL with <c>synchronous=FULL</c>: a commit waits until the log is on the disk. <c>fullfsync</c> has an effect on
    /// macOS only, where the disk's own cache is not written otherwise.
    /// </remarks>
    public static SqliteConnection OpenForWriting(SqliteJobSettings settings)
    {
        if (FileSystems.NetworkTypeOf(settings.Path) is { } type)
        {
            throw new JobStoreException(
                JobStoreProblem.Unusable,
                $"SQLite: {settings.Path} lies on a network file system ({type}). Use a local disk, or a store with a server.");
        }
        var connection = Open(settings, SqliteOpenMode.ReadWriteCreate);
        try
        {
            using (var command = connection.CreateCommand())
            {
                command.CommandText = "PRAGMA journal_mode = WAL";
                if (command.ExecuteScalar() is not "wal")
                {
                    throw new JobStoreException(
                        JobStoreProblem.Unusable, $"SQLite: {settings.Path} does not take the journal mode WAL.");
                }
            }
            Execute(connection, "PRAGMA synchronous = FULL");
            Execute(connection, "PRAGMA fullfsync = 1");
            Execute(connection, "PRAGMA checkpoint_fullfsync = 1");
            Execute(connection, "PRAGMA cache_size = -16000");
            Execute(connection, $"PRAGMA wal_autocheckpoint = {CheckpointLength}");
            Execute(connection, "PRAGMA journal_size_limit = 67108864");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection that reads. It does not make the file.</summary>
    public static SqliteConnection OpenForReading(SqliteJobSettings settings) =>
        Open(settings, SqliteOpenMode.ReadWrite);

    public static void Execute(SqliteConnection connection, string text)
    {
        // Without the library's commands: those wait for locks in steps of 150 ms.
        var result = raw.sqlite3_exec(connection.Handle!, text);
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, connection.Handle);
        }
    }

    private static SqliteConnection Open(SqliteJobSettings settings, SqliteOpenMode mode)
    {
        var builder = new SqliteConnectionStringBuilder
        {
            DataSource = settings.Path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 1,
        };
        if (settings.Password.Length > 0)
        {
            builder.Password = settings.Password;
        }
        var connection = new SqliteConnection(builder.ConnectionString);
        try
        {
            connection.Open();
            // SQLite's own waiting, in steps of milliseconds.
            Execute(connection, $"PRAGMA busy_timeout = {(int)settings.LockTimeout.TotalMilliseconds}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace QueueAdmission.Sqlite;

/// <summary>Opens connections to the file of the store of deferred jobs.</summary>
internal static class SqliteJobFile
{
    /// <summary>
    /// The length of the write-ahead log, in pages of 4 KB, at which SQLite moves the pages to the database file. A
    /// larger value causes longer stalls. With a smaller value, more calls wait for the disk.
    /// </summary>
    private const int CheckpointLength = 4_000;

    /// <summary>Opens the connection that writes, and creates the file if it is missing.</summary>
    /// <remarks>
    /// In WAL mode with <c>synchronous=FULL</c>, a commit waits until the write-ahead log is on the disk.
    /// <c>fullfsync</c> has an effect on macOS only: without this setting, the cache of the disk would not be written.
    /// </remarks>
    public static SqliteConnection OpenForWriting(SqliteJobSettings settings)
    {
        if (FileSystems.NetworkTypeOf(settings.Path) is { } type)
        {
            throw new JobStoreException(
                JobStoreProblem.Unusable,
                $"SQLite: {settings.Path} is on a network file system ({type}). "
                + "Use a local disk, or a store with a server.");
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
                        JobStoreProblem.Unusable, $"SQLite: {settings.Path} does not support the journal mode WAL.");
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

    /// <summary>Opens a connection that reads. It does not create the file.</summary>
    public static SqliteConnection OpenForReading(SqliteJobSettings settings) =>
        Open(settings, SqliteOpenMode.ReadWrite);

    public static void Execute(SqliteConnection connection, string text)
    {
        // The commands of Microsoft.Data.Sqlite are not used here, because they wait for locks in steps of 150 ms.
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
            // With this setting, SQLite itself waits for locks, in steps of milliseconds.
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

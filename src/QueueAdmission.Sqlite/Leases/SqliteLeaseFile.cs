using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>An open connection to the lease file, for one thread at a time.</summary>
/// <remarks>
/// <para>In WAL mode with <c>synchronous=NORMAL</c>, a write does not wait for the disk. A crash of the process loses
/// nothing. A crash of the host may lose the last writes, but it also changes the boot id, which is part of the
/// identity.</para>
/// <para>All work is done on the calling thread, so calls work while the thread pool is starved.</para>
/// </remarks>
internal sealed class SqliteLeaseFile : IDisposable
{
    /// <summary>
    /// The number of signals that are kept. A node may miss older signals, which is harmless: signals only save time.
    /// </summary>
    private const int KeptSignals = 256;

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS queueadmission_host (
            one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, boot TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS queueadmission_leases (
            cluster TEXT NOT NULL, queue TEXT NOT NULL, version TEXT NOT NULL, document BLOB NOT NULL,
            written INTEGER NOT NULL, PRIMARY KEY (cluster, queue));
        CREATE TABLE IF NOT EXISTS queueadmission_signals (
            number INTEGER PRIMARY KEY AUTOINCREMENT, cluster TEXT NOT NULL, queue TEXT NOT NULL, text TEXT NOT NULL);
        """;

    private readonly SqliteConnection _connection;
    private readonly Host _host;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _write;
    private readonly SqliteCommand _signal;
    private readonly SqliteCommand _dataVersion;
    private readonly SqliteCommand _signals;

    private SqliteLeaseFile(SqliteConnection connection, Host host)
    {
        _connection = connection;
        _host = host;
        _read = Command(
            """
            SELECT h.id, h.boot, l.version, l.document, l.written FROM queueadmission_host h
            LEFT JOIN queueadmission_leases l ON l.cluster = $cluster AND l.queue = $queue
            """,
            "$cluster", "$queue");
        _write = Command(
            """
            INSERT INTO queueadmission_leases (cluster, queue, version, document, written)
            VALUES ($cluster, $queue, $version, $document, $written)
            ON CONFLICT DO UPDATE SET version = $version, document = $document, written = $written
            """,
            "$cluster", "$queue", "$version", "$document", "$written");
        _signal = Command(
            $"""
            INSERT INTO queueadmission_signals (cluster, queue, text) VALUES ($cluster, $queue, $text);
            DELETE FROM queueadmission_signals WHERE number <= last_insert_rowid() - {KeptSignals}
            """,
            "$cluster", "$queue", "$text");
        _dataVersion = Command("PRAGMA data_version");
        _signals = Command(
            "SELECT number, queue, text FROM queueadmission_signals "
            + "WHERE number > $after AND cluster = $cluster ORDER BY number",
            "$after", "$cluster");
    }

    public bool HasMoved => FileMoves.HasMoved(_connection);

    /// <summary>
    /// A number that changes with each write of other connections. Reading it takes some microseconds.
    /// </summary>
    public long DataVersion => (long)_dataVersion.ExecuteScalar()!;

    public static SqliteLeaseFile Open(string path, Host host)
    {
        if (FileSystems.NetworkTypeOf(path) is { } type)
        {
            throw new LeaseStoreException(
                LeaseStoreProblem.Unusable,
                $"SQLite: {path} is on a network file system ({type}). Use a local disk, or a store with a server.");
        }
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 };
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            Prepare(connection, path, host);
            return new SqliteLeaseFile(connection, host);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public LeaseStoreReading Read(LeaseStoreKey key)
    {
        var (reading, written) = ReadRow(key);
        if (written <= reading.Time)
        {
            return reading;
        }
        // The clock is behind the latest write, so the host has restarted although the boot id is the same.
        Execute(_connection, "UPDATE queueadmission_host SET id = lower(hex(randomblob(16)))");
        Execute(_connection, "UPDATE queueadmission_leases SET written = 0");
        return ReadRow(key).Reading;
    }

    public bool TryWrite(
        LeaseStoreKey key,
        LeaseStoreReading expected,
        LeaseStoreWrite write,
        [NotNullWhen(false)] out LeaseStoreReading? current)
    {
        // The transaction begins with BEGIN IMMEDIATE, so SQLite's lock for writers covers the check and the write.
        using var transaction = _connection.BeginTransaction();
        _read.Transaction = _write.Transaction = _signal.Transaction = transaction;
        try
        {
            current = ReadRow(key).Reading;
            if (current.Version != expected.Version || current.Identity != expected.Identity)
            {
                return false;
            }
            Set(_write, key.Cluster, key.Queue, write.Version, write.Document.ToArray(), current.Time.Ticks);
            _write.ExecuteNonQuery();
            if (write.Signal is { } text)
            {
                Set(_signal, key.Cluster, key.Queue, text);
                _signal.ExecuteNonQuery();
            }
            transaction.Commit();
            current = null;
            return true;
        }
        finally
        {
            _read.Transaction = _write.Transaction = _signal.Transaction = null;
        }
    }

    /// <summary>Returns the number of the latest signal.</summary>
    public long LastSignal()
    {
        using var command = Command("SELECT coalesce(max(number), 0) FROM queueadmission_signals");
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Passes on the signals whose number is greater than <paramref name="after"/>.</summary>
    /// <returns>
    /// The number of the last signal that was passed on, or <paramref name="after"/> if there was none.
    /// </returns>
    public long HandOn(string cluster, long after, Action<LeaseStoreSignal> onSignal)
    {
        Set(_signals, after, cluster);
        using var rows = _signals.ExecuteReader();
        while (rows.Read())
        {
            after = rows.GetInt64(0);
            onSignal(new LeaseStoreSignal(rows.GetString(1), rows.GetString(2)));
        }
        return after;
    }

    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
        _signal.Dispose();
        _dataVersion.Dispose();
        _signals.Dispose();
        _connection.Dispose();
    }

    private static void Prepare(SqliteConnection connection, string path, Host host)
    {
        // With this setting, SQLite itself waits for locks, in steps of milliseconds. Microsoft.Data.Sqlite would wait
        // in steps of 150 ms.
        Execute(connection, "PRAGMA busy_timeout = 800");
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "PRAGMA journal_mode = WAL";
            if (command.ExecuteScalar() is not "wal")
            {
                throw new LeaseStoreException(
                    LeaseStoreProblem.Unusable, $"SQLite: {path} does not support the journal mode WAL.");
            }
        }
        Execute(connection, "PRAGMA synchronous = NORMAL");
        using var transaction = connection.BeginTransaction();
        Execute(connection, Tables, transaction);
        using (var made = connection.CreateCommand())
        {
            made.Transaction = transaction;
            made.CommandText = """
                INSERT INTO queueadmission_host (one, id, boot) VALUES (1, lower(hex(randomblob(16))), $boot)
                ON CONFLICT DO UPDATE SET boot = $boot WHERE boot <> $boot;
                """;
            made.Parameters.AddWithValue("$boot", host.BootId);
            made.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string text, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter(name, null));
        }
        return command;
    }

    private (LeaseStoreReading Reading, TimeSpan Written) ReadRow(LeaseStoreKey key)
    {
        Set(_read, key.Cluster, key.Queue);
        using var rows = _read.ExecuteReader();
        if (!rows.Read())
        {
            throw new LeaseStoreException(
                LeaseStoreProblem.Unusable, $"SQLite: the tables in {_connection.DataSource} no longer exist.");
        }
        if (rows.GetString(1) != _host.BootId)
        {
            // The host cannot have restarted since this connection was opened, so another host uses the file.
            throw new ForeignHostException(_connection.DataSource);
        }
        var isThere = !rows.IsDBNull(2);
        // The time is read after the row, so that it is not earlier than the time of the write.
        var reading = new LeaseStoreReading
        {
            Identity = $"{rows.GetString(1)}.{rows.GetString(0)}",
            Version = isThere ? rows.GetString(2) : null,
            Document = isThere ? rows.GetFieldValue<byte[]>(3) : [],
            Time = _host.Now,
        };
        return (reading, isThere ? new TimeSpan(rows.GetInt64(4)) : TimeSpan.Zero);
    }
}

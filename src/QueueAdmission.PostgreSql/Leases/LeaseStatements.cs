using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>
/// The SQL statements of the lease store. Each is one transaction, so they work through PgBouncer's transaction mode.
/// Each is sent alone, so Npgsql does not use the thread pool.
/// </summary>
/// <remarks>
/// <para><b>Identity.</b> The identity consists of the start time of the server and the timeline of the write-ahead log
/// to which it writes. The system identifier does not suffice, because a standby has that of its primary. The timeline
/// in the control file lags behind after a promotion, but the timeline of the write position changes with the
/// promotion. A standby has no write position, so the statements fail there.</para>
/// <para><b>Time.</b> The time is <c>clock_timestamp()</c>. The function <c>now()</c> returns the start of the
/// transaction, which may have waited for a lock since then.</para>
/// <para><b>Durability.</b> The transaction of a write sets <c>synchronous_commit</c> to at least <c>on</c>, whatever
/// the default of the server or the account is. PostgreSQL reads the setting at the commit, so setting it inside the
/// statement is enough.</para>
/// </remarks>
internal sealed class LeaseStatements(string schema)
{
    private const string Identity =
        "((extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint::text || '.' "
        + "|| left(pg_walfile_name(pg_current_wal_lsn()), 8))";

    private const string Time = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    private const string IsDurable =
        "(SELECT set_config('synchronous_commit', "
        + "CASE WHEN current_setting('synchronous_commit') = 'remote_apply' THEN 'remote_apply' ELSE 'on' END, "
        + "true)) <> ''";

    private const string Notify = "CASE WHEN $6 <> '' THEN (SELECT count(*) FROM pg_notify($6, $7)) END";

    private readonly string _read =
        $"""
        SELECT s.identity, s.time, l.version, l.document
        FROM (SELECT {Identity} AS identity, {Time} AS time) s
        LEFT JOIN {schema}.leases l ON l.cluster = $1 AND l.queue = $2
        """;

    private readonly string _insert =
        $"""
        INSERT INTO {schema}.leases AS l (cluster, queue, version, document, signals, signal)
        SELECT $1, $2, $3, $4, CASE WHEN $6 <> '' THEN 1 ELSE 0 END, $8
        WHERE {Identity} = $5 AND {IsDurable}
        ON CONFLICT DO NOTHING
        RETURNING {Notify}
        """;

    private readonly string _update =
        $"""
        UPDATE {schema}.leases
        SET version = $3, document = $4,
            signals = signals + CASE WHEN $6 <> '' THEN 1 ELSE 0 END,
            signal = CASE WHEN $6 <> '' THEN $8 ELSE signal END
        WHERE cluster = $1 AND queue = $2 AND version = $9 AND {Identity} = $5 AND {IsDurable}
        RETURNING {Notify}
        """;

    public string Poll { get; } = $"SELECT queue, signals, signal FROM {schema}.leases WHERE cluster = $1";

    /// <summary>
    /// Returns the channel of a cluster. Names have at most 63 bytes, so the name contains a hash of schema and
    /// cluster.
    /// </summary>
    public string ChannelOf(string cluster) =>
        "queue_admission_" + Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{schema}\n{cluster}")), 0, 16);

    public NpgsqlCommand Read(NpgsqlConnection connection, LeaseStoreKey key) => new(_read, connection)
    {
        Parameters = { new() { Value = key.Cluster }, new() { Value = key.Queue } },
    };

    /// <summary>Creates the command that writes a document. It returns a row if the document was written.</summary>
    public NpgsqlCommand Write(
        NpgsqlConnection connection, LeaseStoreKey key, LeaseStoreReading expected, LeaseStoreWrite write)
    {
        var command = new NpgsqlCommand(expected.Version is null ? _insert : _update, connection)
        {
            Parameters =
            {
                new() { Value = key.Cluster },
                new() { Value = key.Queue },
                new() { Value = write.Version },
                new() { Value = write.Document.ToArray() },
                new() { Value = expected.Identity },
                new() { Value = write.Signal is null ? "" : ChannelOf(key.Cluster) },
                new() { Value = $"{key.Queue} {write.Signal}" },
                new() { Value = write.Signal ?? "" },
            },
        };
        if (expected.Version is { } version)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = version });
        }
        return command;
    }
}

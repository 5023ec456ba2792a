using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>The prepared statements of the connection that writes.</summary>
/// <remarks>
/// With <c>INDEXED BY</c>, SQLite refuses a statement that cannot use the index. No statement can therefore silently
/// scan jobs that it does not need.
/// </remarks>
internal sealed class JobStatements : IDisposable
{
    public const string ReadPositionText = "SELECT position FROM queueadmission_job_sources WHERE name = ?1";

    private const string Tally = """
        SELECT number, name, accepted, waiting, running, done, dead, cancelled, discarded, place
        FROM queueadmission_job_queues
        """;

    private readonly SqliteConnection _connection;
    private readonly List<SqliteStatement> _all = [];

    public JobStatements(SqliteConnection connection)
    {
        _connection = connection;
        Begin = Prepare("BEGIN IMMEDIATE");
        Commit = Prepare("COMMIT");
        RollBack = Prepare("ROLLBACK");
        Header = Prepare("SELECT version, owner, boot, clock, seen FROM queueadmission_job_store");
        WriteSeen = Prepare("UPDATE queueadmission_job_store SET seen = ?1");
        WriteOwner = Prepare("UPDATE queueadmission_job_store SET owner = ?1");
        ReadTally = Prepare($"{Tally} WHERE name = ?1");
        ReadTallyByNumber = Prepare($"{Tally} WHERE number = ?1");
        InsertTally = Prepare("""
            INSERT INTO queueadmission_job_queues (
                name, accepted, waiting, running, done, dead, cancelled, discarded, place)
            VALUES (?1, 0, 0, 0, 0, 0, 0, 0, 0)
            """);
        WriteTally = Prepare("""
            UPDATE queueadmission_job_queues
            SET accepted = ?2, waiting = ?3, running = ?4, done = ?5, dead = ?6, cancelled = ?7, discarded = ?8,
                place = ?9
            WHERE number = ?1
            """);
        Insert = Prepare("""
            INSERT INTO queueadmission_jobs (
                id, queue, state, priority, place, weight, attempts, claims, accepted, due, ended, route, sequence,
                idempotency, fingerprint)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?7, 0, 0, ?8, ?9, ?10, ?11)
            ON CONFLICT (id) DO NOTHING
            """);
        InsertBody = Prepare("INSERT INTO queueadmission_job_bodies (number, body) VALUES (?1, ?2)");
        WriteBody = Prepare("UPDATE queueadmission_job_bodies SET body = ?2 WHERE number = ?1");
        DeleteBody = Prepare("DELETE FROM queueadmission_job_bodies WHERE number = ?1");
        DeleteJob = Prepare("DELETE FROM queueadmission_jobs WHERE number = ?1");
        FindKey = Prepare("""
            SELECT id, fingerprint FROM queueadmission_jobs INDEXED BY queueadmission_jobs_idempotency
            WHERE queue = ?1 AND idempotency = ?2
            """);
        FindHead = Prepare("""
            SELECT number FROM queueadmission_jobs INDEXED BY queueadmission_jobs_sequence
            WHERE queue = ?1 AND sequence = ?2 AND state <= 3 ORDER BY place LIMIT 1
            """);
        Unblock = Prepare("UPDATE queueadmission_jobs SET state = 0 WHERE number = ?1 AND state = 2");
        Find = Prepare("""
            SELECT number, queue, state, claims, sequence FROM queueadmission_jobs INDEXED BY queueadmission_jobs_id
            WHERE id = ?1
            """);
        Move = Prepare("""
            UPDATE queueadmission_jobs
            SET state = ?2, attempts = attempts + ?3, due = ?4, ended = ?5, reason = coalesce(?6, reason)
            WHERE number = ?1
            """);
        Redrive = Prepare("""
            UPDATE queueadmission_jobs SET state = ?2, place = ?3, attempts = 0, ended = 0 WHERE number = ?1
            """);
        MakeReady = Prepare("""
            UPDATE queueadmission_jobs INDEXED BY queueadmission_jobs_delayed SET state = 0, due = 0
            WHERE queue = ?1 AND state = 1 AND due <= ?2
            """);
        NextDue = Prepare("""
            SELECT due FROM queueadmission_jobs INDEXED BY queueadmission_jobs_delayed
            WHERE queue = ?1 AND state = 1 ORDER BY due LIMIT 1
            """);
        ReadReady = Prepare("""
            SELECT j.number, j.id, j.route, j.accepted, j.priority, j.weight, j.attempts, j.claims, b.body
            FROM queueadmission_jobs j INDEXED BY queueadmission_jobs_ready
            CROSS JOIN queueadmission_job_bodies b ON b.number = j.number
            WHERE j.queue = ?1 AND j.state = 0 ORDER BY j.priority DESC, j.place LIMIT ?2
            """);
        Claim = Prepare("UPDATE queueadmission_jobs SET state = 3, claims = claims + 1 WHERE number = ?1");
        CountRunning = Prepare("""
            SELECT queue, count(*) FROM queueadmission_jobs INDEXED BY queueadmission_jobs_running
            WHERE state = 3 GROUP BY queue
            """);
        GiveAllBack = Prepare("""
            UPDATE queueadmission_jobs INDEXED BY queueadmission_jobs_running SET state = 0, due = 0 WHERE state = 3
            """);
        Recover = Prepare("""
            UPDATE queueadmission_jobs INDEXED BY queueadmission_jobs_running
            SET state = 0, due = 0, attempts = attempts + 1, reason = 'The process that ran the job has ended.'
            WHERE state = 3
            """);
        ReadFinished = Prepare("""
            SELECT number FROM queueadmission_jobs INDEXED BY queueadmission_jobs_finished
            WHERE queue = ?1 AND state >= 5 AND ended <= ?2 ORDER BY ended LIMIT ?3
            """);
        ReadPosition = Prepare(ReadPositionText);
        WritePosition = Prepare("INSERT OR REPLACE INTO queueadmission_job_sources (name, position) VALUES (?1, ?2)");
        FindAlias = Prepare("SELECT job FROM queueadmission_job_aliases WHERE id = ?1");
        AddAlias = Prepare("""
            INSERT INTO queueadmission_job_aliases (id, job)
            SELECT ?1, number FROM queueadmission_jobs INDEXED BY queueadmission_jobs_id WHERE id = ?2
            """);
        DeleteAliases = Prepare("""
            DELETE FROM queueadmission_job_aliases INDEXED BY queueadmission_job_aliases_job WHERE job = ?1
            """);
        AddKey = Prepare("INSERT INTO queueadmission_job_keys (document) VALUES (?1)");
    }

    public SqliteStatement Begin { get; }

    public SqliteStatement Commit { get; }

    public SqliteStatement RollBack { get; }

    public SqliteStatement Header { get; }

    public SqliteStatement WriteSeen { get; }

    public SqliteStatement WriteOwner { get; }

    public SqliteStatement ReadTally { get; }

    public SqliteStatement ReadTallyByNumber { get; }

    public SqliteStatement InsertTally { get; }

    public SqliteStatement WriteTally { get; }

    public SqliteStatement Insert { get; }

    public SqliteStatement InsertBody { get; }

    public SqliteStatement WriteBody { get; }

    public SqliteStatement DeleteBody { get; }

    public SqliteStatement DeleteJob { get; }

    public SqliteStatement FindKey { get; }

    public SqliteStatement FindHead { get; }

    public SqliteStatement Unblock { get; }

    public SqliteStatement Find { get; }

    public SqliteStatement Move { get; }

    public SqliteStatement Redrive { get; }

    public SqliteStatement MakeReady { get; }

    public SqliteStatement NextDue { get; }

    public SqliteStatement ReadReady { get; }

    public SqliteStatement Claim { get; }

    public SqliteStatement CountRunning { get; }

    public SqliteStatement GiveAllBack { get; }

    public SqliteStatement Recover { get; }

    public SqliteStatement ReadFinished { get; }

    public SqliteStatement ReadPosition { get; }

    public SqliteStatement WritePosition { get; }

    public SqliteStatement FindAlias { get; }

    public SqliteStatement AddAlias { get; }

    public SqliteStatement DeleteAliases { get; }

    public SqliteStatement AddKey { get; }

    /// <summary>
    /// Resets the statements that an exception has interrupted. An active statement would keep the transaction open.
    /// </summary>
    public void ResetAll() => _all.ForEach(statement => statement.Reset());

    public void Dispose() => _all.ForEach(statement => statement.Dispose());

    private SqliteStatement Prepare(string text)
    {
        var statement = new SqliteStatement(_connection, text);
        _all.Add(statement);
        return statement;
    }
}

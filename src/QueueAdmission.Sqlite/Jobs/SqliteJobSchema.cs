using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>Creates the tables of the store of deferred jobs, and updates those of older releases.</summary>
/// <remarks>
/// Step number <c>n</c> updates version <c>n</c> to <c>n + 1</c>. Version 0 is a file without the tables. A released
/// step never changes. All steps run in one transaction, under SQLite's lock for writers. A process of an older release
/// that has the file open notices the newer version with its next write.
/// </remarks>
internal static class SqliteJobSchema
{
    /// <summary>
    /// The tables of version 1. The table <c>queueadmission_job_bodies</c> contains the payloads of jobs that wait, run
    /// or are dead, and the results of jobs that are done. The rows that change with each claim are therefore small.
    /// Columns that need an explanation:
    /// <list type="bullet">
    /// <item><c>place</c>: the place of the job in the order of acceptance within the queue.</item>
    /// <item><c>claims</c>: the number of claims of the job so far, which identifies its latest claim.</item>
    /// <item><c>due</c>, <c>ended</c>: times of the store's clock, see <see cref="StoreClock"/>.</item>
    /// <item><c>accepted</c>: the time of the accepting node's clock, in ticks of UTC.</item>
    /// </list>
    /// </summary>
    private const string FirstTables = """
        CREATE TABLE queueadmission_job_store (
            one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, owner TEXT,
            boot TEXT NOT NULL, clock INTEGER NOT NULL, seen INTEGER NOT NULL);
        INSERT INTO queueadmission_job_store (one, version, boot, clock, seen) VALUES (1, 0, '', 0, 0);
        CREATE TABLE queueadmission_job_queues (
            number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, accepted INTEGER NOT NULL, waiting INTEGER NOT NULL,
            running INTEGER NOT NULL, done INTEGER NOT NULL, dead INTEGER NOT NULL, cancelled INTEGER NOT NULL,
            discarded INTEGER NOT NULL, place INTEGER NOT NULL);
        CREATE TABLE queueadmission_jobs (
            number INTEGER PRIMARY KEY, id BLOB NOT NULL, queue INTEGER NOT NULL, state INTEGER NOT NULL,
            priority INTEGER NOT NULL, place INTEGER NOT NULL, weight INTEGER NOT NULL, attempts INTEGER NOT NULL,
            claims INTEGER NOT NULL, accepted INTEGER NOT NULL, due INTEGER NOT NULL, ended INTEGER NOT NULL,
            route TEXT NOT NULL, sequence BLOB, idempotency BLOB, fingerprint BLOB, reason TEXT);
        CREATE TABLE queueadmission_job_bodies (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
        CREATE TABLE queueadmission_job_keys (number INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL);
        CREATE UNIQUE INDEX queueadmission_jobs_id ON queueadmission_jobs (id);
        CREATE UNIQUE INDEX queueadmission_jobs_idempotency ON queueadmission_jobs (queue, idempotency)
            WHERE idempotency IS NOT NULL;
        CREATE INDEX queueadmission_jobs_ready ON queueadmission_jobs (queue, priority DESC, place) WHERE state = 0;
        CREATE INDEX queueadmission_jobs_delayed ON queueadmission_jobs (queue, due) WHERE state = 1;
        CREATE INDEX queueadmission_jobs_waiting ON queueadmission_jobs (queue, place) WHERE state <= 2;
        CREATE INDEX queueadmission_jobs_running ON queueadmission_jobs (queue) WHERE state = 3;
        CREATE INDEX queueadmission_jobs_sequence ON queueadmission_jobs (queue, sequence, place)
            WHERE sequence IS NOT NULL AND state <= 3;
        CREATE INDEX queueadmission_jobs_dead ON queueadmission_jobs (queue, ended) WHERE state = 4;
        CREATE INDEX queueadmission_jobs_all_dead ON queueadmission_jobs (ended) WHERE state = 4;
        CREATE INDEX queueadmission_jobs_finished ON queueadmission_jobs (queue, ended) WHERE state >= 5;
        """;

    /// <summary>
    /// The tables for imports, since version 2. <c>position</c> is the position up to which a source has been imported.
    /// <c>job</c> is the number of the job to which the id of a duplicate refers.
    /// </summary>
    private const string ImportTables = """
        CREATE TABLE queueadmission_job_sources (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE queueadmission_job_aliases (id BLOB PRIMARY KEY, job INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX queueadmission_job_aliases_job ON queueadmission_job_aliases (job);
        """;

    /// <summary>The steps of this release.</summary>
    public static IReadOnlyList<string> Steps { get; } = [FirstTables, ImportTables];

    /// <summary>Creates or updates the tables, if necessary. The caller has begun a transaction for writing.</summary>
    /// <exception cref="JobStoreException">The tables are those of a newer release.</exception>
    public static void Update(SqliteConnection connection, string path, IReadOnlyList<string> steps)
    {
        var version = VersionOf(connection);
        if (version > steps.Count)
        {
            throw NewerVersion(path, version, steps.Count);
        }
        for (var next = version; next < steps.Count; next++)
        {
            SqliteJobFile.Execute(connection, steps[(int)next]);
        }
        if (version < steps.Count)
        {
            SqliteJobFile.Execute(connection, $"UPDATE queueadmission_job_store SET version = {steps.Count}");
        }
    }

    public static JobStoreException NewerVersion(string path, long version, int own) => new(
        JobStoreProblem.Unusable,
        $"SQLite: {path} has the tables of a newer release (version {version}). "
        + $"This release uses version {own}. Update the application.");

    private static long VersionOf(SqliteConnection connection)
    {
        using var exists = new SqliteStatement(
            connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'queueadmission_job_store'");
        if (exists.ReadNumber() == 0)
        {
            return 0;
        }
        using var version = new SqliteStatement(connection, "SELECT version FROM queueadmission_job_store");
        return version.ReadNumber() ?? 0;
    }
}

using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using static QueueAdmission.PostgreSql.JobValues;

namespace QueueAdmission.PostgreSql;

/// <summary>Calls the functions in <c>jobs.sql</c> and <c>jobs-2.sql</c>.</summary>
/// <remarks>
/// <para>Each call is one statement and therefore one transaction, which also works through PgBouncer's transaction
/// mode. Above all, a node that is frozen cannot keep a lock, because the server completes the statement without the
/// node. For this, the result that is sent while locks are held fits into the buffers of the connection.</para>
/// <para>The functions use microseconds of the server's clock. The interface of stores uses ticks.</para>
/// </remarks>
internal sealed class JobCommands(string schema, JobPartitions partitions)
{
    /// <summary>The time without a renewal after which a node counts as gone.</summary>
    public static readonly TimeSpan OwnerLimit = TimeSpan.FromSeconds(4);

    /// <summary>
    /// The longest gap between two renewals. After a longer gap, a node may not declare other nodes gone until it has
    /// renewed regularly for <see cref="OwnerLimit"/>.
    /// </summary>
    private static readonly TimeSpan OwnerGap = TimeSpan.FromSeconds(2);

    /// <summary>The number up to which the jobs ahead are counted. A larger number is estimated.</summary>
    private const int CountedAhead = 1_000;

    private readonly AdvanceCommand _advance = new(schema);

    /// <summary>
    /// The channel of the notifications. Names have at most 63 bytes, so the name contains a hash of the schema.
    /// </summary>
    public string Channel { get; } =
        "queue_admission_jobs_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(schema)), 0, 16);

    public JobAcceptance[] Accept(NpgsqlConnection connection, IReadOnlyList<AcceptedJob> jobs)
    {
        using var command = new NpgsqlCommand(
            $"SELECT * FROM {schema}.job_accept_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", connection);
        AddJobs(command, jobs, StepsOf(jobs), job => job.MaxWaiting);
        var result = Select(jobs, job => new JobAcceptance(JobAcceptanceStatus.Accepted, job.Id));
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            result[rows.GetInt64(0) - 1] = new JobAcceptance((JobAcceptanceStatus)rows.GetInt16(1), rows.GetGuid(2));
        }
        return result;
    }

    /// <summary>
    /// Stores the jobs that the store does not have yet. If another call has advanced the source, tries again from the
    /// new position.
    /// </summary>
    /// <returns>The position of the source.</returns>
    public long Import(NpgsqlConnection connection, JobImport import)
    {
        var (position, isDone) = (import.After, false);
        do
        {
            (position, isDone) = Import(connection, import, position);
        }
        while (!isDone && position >= import.After && position < import.Last);
        return position;
    }

    public long ReadPosition(NpgsqlConnection connection, string source) =>
        (long)Scalar(connection, $"SELECT {schema}.job_position_2($1)", JobText.ToStored(source))!;

    /// <summary>Ends attempts and claims jobs, see <see cref="AdvanceCommand"/>.</summary>
    public JobAdvance Advance(
        NpgsqlConnection connection, string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims) =>
        _advance.Execute(connection, node, ends, claims);

    public int Renew(NpgsqlConnection connection, string node) => (int)(long)Scalar(
        connection,
        $"SELECT {schema}.job_renew_1($1, $2, $3, $4)",
        JobText.ToStored(node), ToMicroseconds(OwnerLimit), ToMicroseconds(OwnerGap), Channel)!;

    public long Resign(NpgsqlConnection connection, string node) =>
        (long)Scalar(connection, $"SELECT {schema}.job_resign_1($1, $2)", JobText.ToStored(node), Channel)!;

    public bool Cancel(NpgsqlConnection connection, Guid id) =>
        (bool)Scalar(connection, $"SELECT {schema}.job_remove_1($1, false)", id)!;

    public bool Discard(NpgsqlConnection connection, Guid id) =>
        (bool)Scalar(connection, $"SELECT {schema}.job_remove_1($1, true)", id)!;

    public bool Redrive(NpgsqlConnection connection, Guid id) =>
        (bool)Scalar(connection, $"SELECT {schema}.job_redrive_1($1, $2)", id, Channel)!;

    public int Purge(NpgsqlConnection connection, string queue, TimeSpan retention, int max) => (int)(long)Scalar(
        connection,
        $"SELECT {schema}.job_purge_2($1, $2, $3)",
        JobText.ToStored(queue), ToMicroseconds(retention), max)!;

    /// <summary>
    /// Switches to the next partition if that is due, and empties partitions that are no longer needed.
    /// </summary>
    /// <returns>False if another transaction holds a lock that is needed. The caller tries again later.</returns>
    public bool Rotate(NpgsqlConnection connection)
    {
        try
        {
            Scalar(
                connection,
                $"SELECT {schema}.job_rotate_1($1, $2, $3)",
                partitions.FullSize, ToMicroseconds(partitions.OldAfter), partitions.FewRows);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState is "55P03" or "40P01")
        {
            return false;
        }
    }

    public StoredJob? Find(NpgsqlConnection connection, Guid id)
    {
        using var command = new NpgsqlCommand($"SELECT * FROM {schema}.job_find_1($1, $2)", connection)
        {
            Parameters = { new() { Value = id }, new() { Value = CountedAhead } },
        };
        using var rows = command.ExecuteReader();
        if (!rows.Read())
        {
            return null;
        }
        var state = (StoredJobState)rows.GetInt16(2);
        var body = rows.IsDBNull(7) ? null : rows.GetFieldValue<byte[]>(7);
        return new StoredJob
        {
            Id = id,
            Queue = JobText.FromStored(rows.GetString(0)),
            Route = JobText.FromStored(rows.GetString(1)),
            State = state,
            AcceptedAt = new DateTimeOffset(rows.GetInt64(3), TimeSpan.Zero),
            Attempts = rows.GetInt32(4),
            Reason = rows.IsDBNull(5) ? null : JobText.FromStored(rows.GetString(5)),
            EndedAt = ToTime(rows.GetInt64(6)),
            Payload = state == StoredJobState.Done ? null : body,
            Result = state == StoredJobState.Done ? body : null,
            Ahead = state == StoredJobState.Waiting ? rows.GetInt64(8) : null,
        };
    }

    /// <summary>
    /// Returns the id of the stored job to which the id of an imported duplicate refers. Null if the id is not that of
    /// a duplicate.
    /// </summary>
    public Guid? FindTargetOf(NpgsqlConnection connection, Guid id) =>
        Scalar(connection, $"SELECT {schema}.job_alias_2($1)", id) as Guid?;

    public List<StoredJob> ListDead(NpgsqlConnection connection, string? queue, int max)
    {
        var ofQueue = queue is null
            ? ""
            : $"AND k.queue = (SELECT number FROM {schema}.job_queues WHERE name = $2)";
        using var command = new NpgsqlCommand(
            $"""
            SELECT k.id, q.name, k.route, k.accepted, k.attempts, k.reason, k.ended
            FROM {schema}.job_kept k JOIN {schema}.job_queues q ON q.number = k.queue
            WHERE k.state = 4 {ofQueue}
            ORDER BY k.ended DESC LIMIT $1
            """,
            connection)
        {
            Parameters = { new() { Value = max } },
        };
        if (queue is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = JobText.ToStored(queue) });
        }
        List<StoredJob> jobs = [];
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            jobs.Add(new StoredJob
            {
                Id = rows.GetGuid(0),
                Queue = JobText.FromStored(rows.GetString(1)),
                Route = JobText.FromStored(rows.GetString(2)),
                State = StoredJobState.Dead,
                AcceptedAt = new DateTimeOffset(rows.GetInt64(3), TimeSpan.Zero),
                Attempts = rows.GetInt32(4),
                Reason = rows.IsDBNull(5) ? null : JobText.FromStored(rows.GetString(5)),
                EndedAt = ToTime(rows.GetInt64(6)),
            });
        }
        return jobs;
    }

    public List<JobStoreCounts> ReadCounts(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand($"SELECT * FROM {schema}.job_counts_1()", connection);
        List<JobStoreCounts> counts = [];
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            counts.Add(new JobStoreCounts
            {
                Queue = JobText.FromStored(rows.GetString(0)),
                Accepted = rows.GetInt64(1),
                Waiting = rows.GetInt64(2),
                Running = rows.GetInt64(3),
                Done = rows.GetInt64(4),
                Dead = rows.GetInt64(5),
                Cancelled = rows.GetInt64(6),
                Discarded = rows.GetInt64(7),
                OldestWaiting = rows.IsDBNull(8) ? null : new DateTimeOffset(rows.GetInt64(8), TimeSpan.Zero),
            });
        }
        return counts;
    }

    public List<string> ReadKeys(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand($"SELECT document FROM {schema}.job_keys ORDER BY number", connection);
        List<string> documents = [];
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            documents.Add(JobText.FromStored(rows.GetString(0)));
        }
        return documents;
    }

    public bool AddKey(NpgsqlConnection connection, string document)
    {
        Scalar(connection, $"SELECT {schema}.job_add_key_1($1)", JobText.ToStored(document));
        return true;
    }

    /// <summary>
    /// Returns a number that changes when jobs are accepted or re-driven. Polling nodes compare it to detect new jobs.
    /// </summary>
    public decimal Places(NpgsqlConnection connection) =>
        (decimal)Scalar(connection, $"SELECT coalesce(sum(place), 0) FROM {schema}.job_now")!;

    public int Notify(NpgsqlConnection connection, string text)
    {
        Scalar(connection, "SELECT pg_notify($1, $2)", Channel, text);
        return 0;
    }

    private (long Position, bool IsDone) Import(NpgsqlConnection connection, JobImport import, long position)
    {
        var jobs = import.Jobs.Where(job => job.Position > position).Select(job => job.Job).ToArray();
        using var command = new NpgsqlCommand(
            $"SELECT * FROM {schema}.job_import_2("
            + "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            connection)
        {
            Parameters =
            {
                new NpgsqlParameter { Value = JobText.ToStored(import.Source) },
                new NpgsqlParameter { Value = position },
                new NpgsqlParameter { Value = import.Last },
            },
        };
        AddJobs(command, jobs, [.. Enumerable.Repeat(1, jobs.Length)], static _ => long.MaxValue);
        using var rows = command.ExecuteReader();
        rows.Read();
        return (rows.GetInt64(0), rows.GetBoolean(1));
    }

    private void AddJobs(
        NpgsqlCommand command, IReadOnlyList<AcceptedJob> jobs, int[] steps, Func<AcceptedJob, long> limitOf)
    {
        NpgsqlParameter[] parameters =
        [
            Array(NpgsqlDbType.Integer, steps),
            Array(NpgsqlDbType.Uuid, Select(jobs, job => job.Id)),
            Array(NpgsqlDbType.Text, Select(jobs, job => JobText.ToStored(job.Queue))),
            Array(NpgsqlDbType.Text, Select(jobs, job => JobText.ToStored(job.Route))),
            Array(NpgsqlDbType.Bytea, Select(jobs, job => job.Payload)),
            Array(NpgsqlDbType.Bigint, Select(jobs, job => job.AcceptedAt.UtcTicks)),
            Array(NpgsqlDbType.Bigint, Select(jobs, limitOf)),
            Array(NpgsqlDbType.Smallint, Select(jobs, job => (short)job.Priority)),
            Array(NpgsqlDbType.Integer, Select(jobs, job => job.Weight)),
            Array(NpgsqlDbType.Bytea, Select(jobs, job => job.SequenceKey)),
            Array(NpgsqlDbType.Bytea, Select(jobs, job => job.IdempotencyKey)),
            Array(NpgsqlDbType.Bytea, Select(jobs, job => job.Fingerprint)),
            new NpgsqlParameter { Value = Channel },
        ];
        command.Parameters.AddRange(parameters);
    }

    /// <summary>
    /// Returns the number of the step of each job. Within a step, all jobs of a queue have the same limit. A job with
    /// another limit begins a new step, so that the jobs are decided in order.
    /// </summary>
    private static int[] StepsOf(IReadOnlyList<AcceptedJob> jobs)
    {
        var limits = new Dictionary<string, long>(StringComparer.Ordinal);
        var steps = new int[jobs.Count];
        var step = 1;
        for (var i = 0; i < steps.Length; i++)
        {
            var job = jobs[i];
            if (limits.TryGetValue(job.Queue, out var limit) && limit != job.MaxWaiting)
            {
                step++;
                limits.Clear();
            }
            limits[job.Queue] = job.MaxWaiting;
            steps[i] = step;
        }
        return steps;
    }

    private static object? Scalar(NpgsqlConnection connection, string text, params ReadOnlySpan<object> values)
    {
        using var command = new NpgsqlCommand(text, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
        return command.ExecuteScalar();
    }
}

using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>
/// A connection that reads, for one thread at a time. In WAL mode, reading does not wait for the writer.
/// </summary>
internal sealed class SqliteJobReader : IDisposable
{
    /// <summary>The number up to which the jobs ahead are counted. A larger number is estimated.</summary>
    private const int CountedAhead = 1_000;

    private const string Columns = "j.id, q.name, j.route, j.state, j.accepted, j.attempts, j.reason, j.ended";

    private readonly SqliteConnection _connection;
    private readonly Host _host;
    private readonly SqliteStatement _header;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _findAlias;
    private readonly SqliteStatement _position;
    private readonly SqliteStatement _dead;
    private readonly SqliteStatement _allDead;
    private readonly SqliteStatement _ahead;
    private readonly SqliteStatement _counts;
    private readonly SqliteStatement _keys;
    private readonly SqliteStatement _dataVersion;
    private readonly SqliteStatement _places;

    public SqliteJobReader(SqliteJobSettings settings, Host host)
    {
        _connection = SqliteJobFile.OpenForReading(settings);
        try
        {
            _host = host;
            _header = new SqliteStatement(_connection, "SELECT owner, clock FROM queueadmission_job_store");
            _find = new SqliteStatement(_connection, $"""
                SELECT {Columns}, b.body, j.queue, j.place FROM queueadmission_jobs j INDEXED BY queueadmission_jobs_id
                JOIN queueadmission_job_queues q ON q.number = j.queue
                LEFT JOIN queueadmission_job_bodies b ON b.number = j.number
                WHERE j.id = ?1
                """);
            _findAlias = new SqliteStatement(_connection, """
                SELECT j.id
                FROM queueadmission_job_aliases a JOIN queueadmission_jobs j ON j.number = a.job
                WHERE a.id = ?1
                """);
            _position = new SqliteStatement(_connection, JobStatements.ReadPositionText);
            _dead = new SqliteStatement(_connection, $"""
                SELECT {Columns} FROM queueadmission_job_queues q
                CROSS JOIN queueadmission_jobs j INDEXED BY queueadmission_jobs_dead ON q.number = j.queue
                WHERE q.name = ?1 AND j.state = 4 ORDER BY j.ended DESC LIMIT ?2
                """);
            _allDead = new SqliteStatement(_connection, $"""
                SELECT {Columns} FROM queueadmission_jobs j INDEXED BY queueadmission_jobs_all_dead
                CROSS JOIN queueadmission_job_queues q ON q.number = j.queue
                WHERE j.state = 4 ORDER BY j.ended DESC LIMIT ?1
                """);
            _ahead = new SqliteStatement(_connection, $"""
                SELECT (SELECT count(*) FROM (
                        SELECT 1 FROM queueadmission_jobs INDEXED BY queueadmission_jobs_waiting
                        WHERE queue = ?1 AND state <= 2 AND place < ?2 LIMIT {CountedAhead})),
                    (SELECT place FROM queueadmission_jobs INDEXED BY queueadmission_jobs_waiting
                        WHERE queue = ?1 AND state <= 2 ORDER BY place LIMIT 1),
                    (SELECT waiting FROM queueadmission_job_queues WHERE number = ?1)
                """);
            _counts = new SqliteStatement(_connection, """
                SELECT name, accepted, waiting, running, done, dead, cancelled, discarded,
                    (SELECT j.accepted FROM queueadmission_jobs j INDEXED BY queueadmission_jobs_waiting
                        WHERE j.queue = q.number AND j.state <= 2 ORDER BY j.place LIMIT 1)
                FROM queueadmission_job_queues q ORDER BY q.number
                """);
            _keys = new SqliteStatement(_connection, "SELECT document FROM queueadmission_job_keys ORDER BY number");
            _dataVersion = new SqliteStatement(_connection, "PRAGMA data_version");
            _places = new SqliteStatement(_connection, "SELECT sum(place) FROM queueadmission_job_queues");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether the path now belongs to another file than the open one, or to none.</summary>
    public bool HasMoved => FileMoves.HasMoved(_connection);

    /// <summary>The node that may run jobs. Null if no node may.</summary>
    public string? Owner => ReadHeader().Owner;

    /// <summary>
    /// A number that changes with each write of other connections. Reading it takes some microseconds.
    /// </summary>
    public long DataVersion => _dataVersion.ReadNumber() ?? 0;

    /// <summary>A number that changes when jobs are accepted or re-driven.</summary>
    public long Places => _places.ReadNumber() ?? 0;

    public StoredJob? Find(Guid id)
    {
        var clock = ReadHeader().Clock;
        _find.Set(1, id);
        if (!_find.Step() && !(FindTargetOf(id) is { } target && _find.Set(1, target).Step()))
        {
            return null;
        }
        var job = Read(_find, clock, _find.Bytes(8));
        var (queue, place) = (_find.Number(9), _find.Number(10));
        _find.Reset();
        return job.State == StoredJobState.Waiting ? WithAhead(job, CountAhead(queue, place)) : job;
    }

    public long ReadPosition(string source) => _position.Set(1, source).ReadNumber() ?? -1;

    public List<StoredJob> ListDead(string? queue, int max)
    {
        var clock = ReadHeader().Clock;
        var rows = queue is null ? _allDead.Set(1, max) : _dead.Set(1, queue).Set(2, max);
        List<StoredJob> jobs = [];
        while (rows.Step())
        {
            jobs.Add(Read(rows, clock, body: null));
        }
        return jobs;
    }

    public List<JobStoreCounts> ReadCounts()
    {
        List<JobStoreCounts> counts = [];
        while (_counts.Step())
        {
            counts.Add(new JobStoreCounts
            {
                Queue = _counts.Text(0)!,
                Accepted = _counts.Number(1),
                Waiting = _counts.Number(2),
                Running = _counts.Number(3),
                Done = _counts.Number(4),
                Dead = _counts.Number(5),
                Cancelled = _counts.Number(6),
                Discarded = _counts.Number(7),
                OldestWaiting = _counts.IsNull(8) ? null : new DateTimeOffset(_counts.Number(8), TimeSpan.Zero),
            });
        }
        return counts;
    }

    public List<string> ReadKeys()
    {
        List<string> keys = [];
        while (_keys.Step())
        {
            keys.Add(_keys.Text(0)!);
        }
        return keys;
    }

    public void Dispose()
    {
        // Some statements are null if the constructor has failed.
        SqliteStatement?[] all =
            [_header, _find, _findAlias, _position, _dead, _allDead, _ahead, _counts, _keys, _dataVersion, _places];
        foreach (var statement in all)
        {
            statement?.Dispose();
        }
        _connection.Dispose();
    }

    /// <summary>
    /// Returns the id of the stored job to which the id of an imported duplicate refers. Null if the id is not that of
    /// a duplicate.
    /// </summary>
    private Guid? FindTargetOf(Guid id)
    {
        if (!_findAlias.Set(1, id).Step())
        {
            return null;
        }
        var target = _findAlias.Guid(0);
        _findAlias.Reset();
        return target;
    }

    private (string? Owner, long Clock) ReadHeader()
    {
        if (!_header.Step())
        {
            return (null, 0);
        }
        var header = (_header.Text(0), _header.Number(1));
        _header.Reset();
        return header;
    }

    private long CountAhead(long queue, long place)
    {
        _ahead.Set(1, queue).Set(2, place).Step();
        var (counted, oldest, waiting) = (_ahead.Number(0), _ahead.Number(1), _ahead.Number(2));
        _ahead.Reset();
        return counted < CountedAhead ? counted : long.Clamp(place - oldest, counted, long.Max(counted, waiting - 1));
    }

    private StoredJob Read(SqliteStatement row, long clock, byte[]? body)
    {
        var state = (JobRowState)row.Number(3) switch
        {
            JobRowState.Ready or JobRowState.Delayed or JobRowState.Blocked => StoredJobState.Waiting,
            JobRowState.Running => StoredJobState.Running,
            JobRowState.Dead => StoredJobState.Dead,
            JobRowState.Done => StoredJobState.Done,
            JobRowState.Cancelled => StoredJobState.Cancelled,
            _ => StoredJobState.Discarded,
        };
        return new StoredJob
        {
            Id = row.Guid(0),
            Queue = row.Text(1)!,
            Route = row.Text(2)!,
            State = state,
            AcceptedAt = new DateTimeOffset(row.Number(4), TimeSpan.Zero),
            Attempts = (int)row.Number(5),
            Reason = row.Text(6),
            EndedAt = row.Number(7) == 0 ? null : StoreClock.ToWallClock(_host, clock, row.Number(7)),
            Payload = state == StoredJobState.Done ? null : body,
            Result = state == StoredJobState.Done ? body : null,
        };
    }

    private static StoredJob WithAhead(StoredJob job, long ahead) => new()
    {
        Id = job.Id,
        Queue = job.Queue,
        Route = job.Route,
        State = job.State,
        AcceptedAt = job.AcceptedAt,
        Attempts = job.Attempts,
        Reason = job.Reason,
        Payload = job.Payload,
        Ahead = ahead,
    };
}

using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>The connection that writes, for one thread at a time. Each method is one transaction.</summary>
/// <remarks>
/// <para><b>Sequences.</b> Of the jobs of a queue with one sequence key that wait or run, the one with the lowest place
/// is the head. Only the head is ready, delayed or running; the others are blocked. A new job is blocked if there is a
/// head. When the head ends or is cancelled, the next one becomes ready. A job that is re-driven gets a new place, so
/// it cannot become the head of one that runs.</para>
/// <para><b>Counters</b> are read, changed and written in the transaction of the change, so they cannot differ from the
/// jobs. They are read each time, because another process may have changed them.</para>
/// </remarks>
internal sealed class SqliteJobWriter : IDisposable
{
    /// <summary>How far the time in the file may be behind.</summary>
    private const long SeenInterval = TimeSpan.TicksPerSecond;

    private readonly SqliteConnection _connection;
    private readonly Host _host;
    private readonly JobStatements _statements;
    private readonly string _path;
    private readonly int _version;
    private readonly Dictionary<string, QueueTally> _tallies = new(StringComparer.Ordinal);
    private readonly Dictionary<long, QueueTally> _talliesByNumber = [];
    private string? _owner;
    private long _now;

    private SqliteJobWriter(SqliteConnection connection, SqliteJobSettings settings, Host host, int version)
    {
        _connection = connection;
        _host = host;
        _path = settings.Path;
        _version = version;
        _statements = new JobStatements(connection);
    }

    /// <summary>Whether the file under the path is another one now.</summary>
    public bool HasMoved => FileMoves.HasMoved(_connection);

    public static SqliteJobWriter Open(SqliteJobSettings settings, Host host, IReadOnlyList<string> steps)
    {
        var connection = SqliteJobFile.OpenForWriting(settings);
        try
        {
            SqliteJobFile.Execute(connection, "BEGIN IMMEDIATE");
            SqliteJobSchema.Update(connection, settings.Path, steps);
            using (var read = new SqliteStatement(connection, "SELECT boot, clock, seen FROM queueadmission_job_store"))
            {
                read.Step();
                var (offset, isNew) = StoreClock.OffsetOf(host, read.Text(0)!, read.Number(1), read.Number(2));
                read.Reset();
                if (isNew)
                {
                    using var write = new SqliteStatement(connection, "UPDATE queueadmission_job_store SET boot = ?1, clock = ?2");
                    write.Set(1, host.BootId).Set(2, offset).Run();
                }
            }
            SqliteJobFile.Execute(connection, "COMMIT");
            return new SqliteJobWriter(connection, settings, host, steps.Count);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public JobAcceptance[] Accept(IReadOnlyList<AcceptedJob> jobs) => InTransaction(() =>
    {
        var result = new JobAcceptance[jobs.Count];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Accept(jobs[i]);
        }
        return result;
    });

    /// <summary>
    /// Makes a node the one that may run jobs. All jobs that run were those of an owner that is gone.
    /// </summary>
    public int TakeOwnership(string node) => InTransaction(() =>
    {
        var recovered = ReleaseRunning(_statements.Recover);
        _statements.WriteOwner.Set(1, node).Run();
        return recovered;
    });

    /// <summary>Takes the right from a node, if it has it.</summary>
    public bool Resign(string node) => InTransaction(() =>
    {
        if (_owner != node)
        {
            return false;
        }
        ReleaseRunning(_statements.GiveAllBack);
        _statements.WriteOwner.Set(1, (string?)null).Run();
        return true;
    });

    public JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims) => InTransaction(() =>
    {
        var counted = new bool[ends.Count];
        for (var i = 0; i < counted.Length; i++)
        {
            counted[i] = End(ends[i]);
        }
        List<ClaimedJob> jobs = [];
        long? due = null;
        foreach (var claim in claims)
        {
            if (TallyOf(claim.Queue) is not { Number: > 0 } tally)
            {
                continue;
            }
            _statements.MakeReady.Set(1, tally.Number).Set(2, _now).Run();
            if (_owner == node)
            {
                Claim(tally, claim.Max, jobs);
            }
            if (_statements.NextDue.Set(1, tally.Number).ReadNumber() is { } next && !(due <= next))
            {
                due = next;
            }
        }
        return new JobAdvance { Ends = counted, Jobs = jobs, NextDue = due is { } time ? TimeSpan.FromTicks(time - _now) : null };
    });

    public bool Cancel(Guid id) => InTransaction(() =>
    {
        if (Find(id) is not { State: JobRowState.Ready or JobRowState.Delayed or JobRowState.Blocked } row)
        {
            return false;
        }
        Finish(row, JobRowState.Cancelled);
        return true;
    });

    public bool Redrive(Guid id) => InTransaction(() =>
    {
        if (Find(id) is not { State: JobRowState.Dead } row)
        {
            return false;
        }
        var tally = TallyOf(row.Queue);
        var state = StateOfNew(tally, row.Sequence);
        _statements.Redrive.Set(1, row.Number).Set(2, (long)state).Set(3, tally.NextPlace()).Run();
        tally.Move(JobRowState.Dead, state);
        return true;
    });

    public bool Discard(Guid id) => InTransaction(() =>
    {
        if (Find(id) is not { State: JobRowState.Dead } row)
        {
            return false;
        }
        Finish(row, JobRowState.Discarded);
        return true;
    });

    /// <summary>Removes finished jobs. The caller keeps <paramref name="max"/> small: other calls wait.</summary>
    public int Purge(string queue, TimeSpan retention, int max) => InTransaction(() =>
    {
        if (TallyOf(queue) is not { Number: > 0 } tally)
        {
            return 0;
        }
        List<long> numbers = [];
        _statements.ReadFinished.Set(1, tally.Number).Set(2, _now - retention.Ticks).Set(3, max);
        while (_statements.ReadFinished.Step())
        {
            numbers.Add(_statements.ReadFinished.Number(0));
        }
        foreach (var number in numbers)
        {
            _statements.DeleteBody.Set(1, number).Run();
            _statements.DeleteJob.Set(1, number).Run();
        }
        return numbers.Count;
    });

    public bool AddKey(string document) => InTransaction(() =>
    {
        _statements.AddKey.Set(1, document).Run();
        return true;
    });

    public void Dispose()
    {
        _statements.Dispose();
        _connection.Dispose();
    }

    private T InTransaction<T>(Func<T> call)
    {
        // The lock for writers is taken at once, so nothing that is read here can be old.
        _statements.Begin.Run();
        try
        {
            ReadHeader();
            var result = call();
            WriteTallies();
            _statements.Commit.Run();
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
        finally
        {
            _tallies.Clear();
            _talliesByNumber.Clear();
        }
    }

    private void RollBack()
    {
        _statements.ResetAll();
        try
        {
            _statements.RollBack.Run();
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, as it does when the disk is full.
        }
    }

    private void ReadHeader()
    {
        var header = _statements.Header;
        if (!header.Step())
        {
            throw new JobStoreException(JobStoreProblem.Unusable, $"SQLite: {_path} lost its tables.");
        }
        var (version, boot, offset, seen) = (header.Number(0), header.Text(2), header.Number(3), header.Number(4));
        _owner = header.Text(1);
        header.Reset();
        if (version != _version)
        {
            throw SqliteJobSchema.NewerVersion(_path, version, _version);
        }
        if (boot != _host.BootId)
        {
            // The host cannot have been started anew since this connection was opened.
            throw new ForeignHostException(_path);
        }
        _now = _host.Now.Ticks + offset;
        if (_now > seen + SeenInterval)
        {
            _statements.WriteSeen.Set(1, _now).Run();
        }
    }

    private JobAcceptance Accept(AcceptedJob job)
    {
        var tally = TallyOf(job.Queue);
        if (job.IdempotencyKey is not null && tally.Number > 0 && FindDuplicate(tally, job) is { } duplicate)
        {
            return duplicate;
        }
        if (tally.Waiting + tally.Running >= job.MaxWaiting)
        {
            var isKnown = Find(job.Id) is not null;
            return new JobAcceptance(isKnown ? JobAcceptanceStatus.Duplicate : JobAcceptanceStatus.QueueFull, job.Id);
        }
        if (tally.Number == 0)
        {
            Create(tally);
        }
        var isStored = _statements.Insert
            .Set(1, job.Id)
            .Set(2, tally.Number)
            .Set(3, (long)StateOfNew(tally, job.SequenceKey))
            .Set(4, (long)job.Priority)
            .Set(5, tally.Place + 1)
            .Set(6, job.Weight)
            .Set(7, job.AcceptedAt.UtcTicks)
            .Set(8, job.Route)
            .Set(9, job.SequenceKey)
            .Set(10, job.IdempotencyKey)
            .Set(11, job.Fingerprint)
            .Run() > 0;
        if (!isStored)
        {
            return new JobAcceptance(JobAcceptanceStatus.Duplicate, job.Id);
        }
        _statements.InsertBody.Set(1, SQLitePCL.raw.sqlite3_last_insert_rowid(_connection.Handle)).Set(2, job.Payload).Run();
        tally.NextPlace();
        tally.Accept();
        return new JobAcceptance(JobAcceptanceStatus.Accepted, job.Id);
    }

    private JobAcceptance? FindDuplicate(QueueTally tally, AcceptedJob job)
    {
        var find = _statements.FindKey.Set(1, tally.Number).Set(2, job.IdempotencyKey);
        if (!find.Step())
        {
            return null;
        }
        var status = find.Has(1, job.Fingerprint) ? JobAcceptanceStatus.Duplicate : JobAcceptanceStatus.KeyReused;
        var result = new JobAcceptance(status, find.Guid(0));
        find.Reset();
        return result;
    }

    /// <summary>A job is blocked while others of its sequence are ahead.</summary>
    private JobRowState StateOfNew(QueueTally tally, byte[]? sequence) =>
        sequence is not null && _statements.FindHead.Set(1, tally.Number).Set(2, sequence).ReadNumber() is not null
            ? JobRowState.Blocked
            : JobRowState.Ready;

    private bool End(JobEnd end)
    {
        if (Find(end.Id) is not { State: JobRowState.Running } row || row.Claims != end.Claim)
        {
            return false;
        }
        switch (end.Kind)
        {
            case JobEndKind.Done:
                Finish(row, JobRowState.Done, end.Result);
                break;
            case JobEndKind.Dead:
                Move(row, JobRowState.Dead, attempts: 1, reason: end.Reason);
                break;
            case JobEndKind.Retry when end.Delay > TimeSpan.Zero:
                Move(row, JobRowState.Delayed, attempts: 1, due: DueAfter(end.Delay), reason: end.Reason);
                break;
            case JobEndKind.Retry:
                Move(row, JobRowState.Ready, attempts: 1, reason: end.Reason);
                break;
            default:
                Move(row, JobRowState.Ready, attempts: 0, reason: null);
                break;
        }
        return true;
    }

    private long DueAfter(TimeSpan delay) => delay.Ticks > long.MaxValue - _now ? long.MaxValue : _now + delay.Ticks;

    private void Finish(JobRow row, JobRowState state, byte[]? result = null)
    {
        Move(row, state, attempts: state == JobRowState.Done ? 1 : 0, reason: null);
        if (result is null)
        {
            _statements.DeleteBody.Set(1, row.Number).Run();
        }
        else
        {
            _statements.WriteBody.Set(1, row.Number).Set(2, result).Run();
        }
    }

    private void Move(JobRow row, JobRowState state, long attempts, string? reason, long due = 0)
    {
        // Several jobs that end in one transaction ended one after the other.
        var ended = state >= JobRowState.Dead ? _now++ : 0;
        _statements.Move.Set(1, row.Number).Set(2, (long)state).Set(3, attempts).Set(4, due).Set(5, ended).Set(6, reason).Run();
        TallyOf(row.Queue).Move(row.State, state);
        if (state >= JobRowState.Dead && row is { Sequence: not null, State: not JobRowState.Dead })
        {
            Unblock(row.Queue, row.Sequence);
        }
    }

    /// <summary>Makes the first job of a sequence ready, if it was blocked until now.</summary>
    private void Unblock(long queue, byte[] sequence)
    {
        if (_statements.FindHead.Set(1, queue).Set(2, sequence).ReadNumber() is { } head)
        {
            _statements.Unblock.Set(1, head).Run();
        }
    }

    private void Claim(QueueTally tally, int max, List<ClaimedJob> jobs)
    {
        var first = jobs.Count;
        List<long> numbers = [];
        var read = _statements.ReadReady.Set(1, tally.Number).Set(2, max);
        while (read.Step())
        {
            numbers.Add(read.Number(0));
            jobs.Add(new ClaimedJob
            {
                Id = read.Guid(1),
                Queue = tally.Name,
                Route = read.Text(2)!,
                AcceptedAt = new DateTimeOffset(read.Number(3), TimeSpan.Zero),
                Priority = (JobPriority)read.Number(4),
                Weight = (int)read.Number(5),
                Attempt = (int)read.Number(6) + 1,
                Claim = read.Number(7) + 1,
                Payload = read.Bytes(8)!,
            });
        }
        numbers.ForEach(number => _statements.Claim.Set(1, number).Run());
        if (jobs.Count > first)
        {
            tally.Move(JobRowState.Ready, JobRowState.Running, jobs.Count - first);
        }
    }

    /// <summary>Lets all running jobs wait. They keep their places, so they are the heads of their sequences.</summary>
    private int ReleaseRunning(SqliteStatement release)
    {
        Dictionary<long, int> counts = [];
        while (_statements.CountRunning.Step())
        {
            counts.Add(_statements.CountRunning.Number(0), (int)_statements.CountRunning.Number(1));
        }
        release.Run();
        foreach (var (queue, count) in counts)
        {
            TallyOf(queue).Move(JobRowState.Running, JobRowState.Ready, count);
        }
        return counts.Values.Sum();
    }

    private JobRow? Find(Guid id)
    {
        var find = _statements.Find.Set(1, id);
        if (!find.Step())
        {
            return null;
        }
        var row = new JobRow(find.Number(0), find.Number(1), (JobRowState)find.Number(2), find.Number(3), find.Bytes(4));
        find.Reset();
        return row;
    }

    /// <summary>The counters of a queue. It gets a row with its first job.</summary>
    private QueueTally TallyOf(string queue)
    {
        if (_tallies.TryGetValue(queue, out var tally))
        {
            return tally;
        }
        tally = Read(_statements.ReadTally.Set(1, queue)) ?? new QueueTally(queue);
        Add(tally);
        return tally;
    }

    private QueueTally TallyOf(long number)
    {
        if (_talliesByNumber.TryGetValue(number, out var tally))
        {
            return tally;
        }
        tally = Read(_statements.ReadTallyByNumber.Set(1, number))
            ?? throw new JobStoreException(JobStoreProblem.Unusable, $"SQLite: {_path} lost the counters of a queue.");
        Add(tally);
        return tally;
    }

    private void Add(QueueTally tally)
    {
        _tallies.Add(tally.Name, tally);
        if (tally.Number > 0)
        {
            _talliesByNumber.Add(tally.Number, tally);
        }
    }

    private void Create(QueueTally tally)
    {
        _statements.InsertTally.Set(1, tally.Name).Run();
        tally.Number = SQLitePCL.raw.sqlite3_last_insert_rowid(_connection.Handle);
        _talliesByNumber.Add(tally.Number, tally);
    }

    private static QueueTally? Read(SqliteStatement read)
    {
        if (!read.Step())
        {
            return null;
        }
        var tally = new QueueTally(read.Text(1)!)
        {
            Number = read.Number(0),
            Accepted = read.Number(2),
            Waiting = read.Number(3),
            Running = read.Number(4),
            Done = read.Number(5),
            Dead = read.Number(6),
            Cancelled = read.Number(7),
            Discarded = read.Number(8),
            Place = read.Number(9),
        };
        read.Reset();
        return tally;
    }

    private void WriteTallies()
    {
        foreach (var tally in _tallies.Values.Where(tally => tally.IsChanged))
        {
            _statements.WriteTally
                .Set(1, tally.Number)
                .Set(2, tally.Accepted)
                .Set(3, tally.Waiting)
                .Set(4, tally.Running)
                .Set(5, tally.Done)
                .Set(6, tally.Dead)
                .Set(7, tally.Cancelled)
                .Set(8, tally.Discarded)
                .Set(9, tally.Place)
                .Run();
        }
    }

    private sealed record JobRow(long Number, long Queue, JobRowState State, long Claims, byte[]? Sequence);
}

using Microsoft.Data.Sqlite;

namespace QueueAdmission.Sqlite;

/// <summary>The connection that writes, for one thread at a time. Each method is one transaction.</summary>
/// <remarks>
/// The transaction that changes a job also reads and writes the counters, so they always agree with the jobs.
/// </remarks>
internal sealed class SqliteJobWriter : IDisposable
{
    /// <summary>The longest time by which the time in the file may lag behind the clock, in ticks.</summary>
    private const long SeenInterval = TimeSpan.TicksPerSecond;

    private readonly SqliteConnection _connection;
    private readonly Host _host;
    private readonly JobStatements _statements;
    private readonly string _path;
    private readonly int _version;
    private readonly JobTallies _tallies;
    private readonly JobRows _rows;
    private readonly JobInserts _inserts;
    private string? _owner;

    private SqliteJobWriter(SqliteConnection connection, SqliteJobSettings settings, Host host, int version)
    {
        _connection = connection;
        _host = host;
        _path = settings.Path;
        _version = version;
        _statements = new JobStatements(connection);
        _tallies = new JobTallies(connection, _statements, settings.Path);
        _rows = new JobRows(_statements, _tallies);
        _inserts = new JobInserts(connection, _statements, _tallies, _rows);
    }

    /// <summary>Whether the path now belongs to another file than the open one, or to none.</summary>
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
                    using var write = new SqliteStatement(
                        connection, "UPDATE queueadmission_job_store SET boot = ?1, clock = ?2");
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
            result[i] = _inserts.Accept(jobs[i]);
        }
        return result;
    });

    public long Import(JobImport import) => InTransaction(() =>
    {
        var position = _statements.ReadPosition.Set(1, import.Source).ReadNumber() ?? -1;
        if (position < import.After)
        {
            return position;
        }
        foreach (var (at, job) in import.Jobs)
        {
            if (at > position)
            {
                _inserts.Import(job);
            }
        }
        if (import.Last > position)
        {
            position = import.Last;
            _statements.WritePosition.Set(1, import.Source).Set(2, position).Run();
        }
        return position;
    });

    /// <summary>
    /// Makes a node the owner, which alone may run jobs. All running jobs are those of an earlier owner, and wait
    /// again.
    /// </summary>
    /// <returns>The number of jobs that wait again.</returns>
    public int TakeOwnership(string node) => InTransaction(() =>
    {
        var recovered = ReleaseRunning(_statements.Recover);
        _statements.WriteOwner.Set(1, node).Run();
        return recovered;
    });

    /// <summary>Ends the ownership of a node, and lets its running jobs wait again.</summary>
    /// <returns>False if the node is not the owner.</returns>
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

    public JobAdvance Advance(
        string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims) => InTransaction(() =>
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
            if (_tallies.Of(claim.Queue) is not { Number: > 0 } tally)
            {
                continue;
            }
            _statements.MakeReady.Set(1, tally.Number).Set(2, _rows.Now).Run();
            if (_owner == node)
            {
                Claim(tally, claim.Max, jobs);
            }
            if (_statements.NextDue.Set(1, tally.Number).ReadNumber() is { } next && !(due <= next))
            {
                due = next;
            }
        }
        return new JobAdvance
        {
            Ends = counted,
            Jobs = jobs,
            NextDue = due is { } time ? TimeSpan.FromTicks(time - _rows.Now) : null,
        };
    });

    public bool Cancel(Guid id) => InTransaction(() =>
    {
        if (_rows.Find(id) is not { State: JobRowState.Ready or JobRowState.Delayed or JobRowState.Blocked } row)
        {
            return false;
        }
        _rows.Finish(row, JobRowState.Cancelled);
        return true;
    });

    public bool Redrive(Guid id) => InTransaction(() =>
    {
        if (_rows.Find(id) is not { State: JobRowState.Dead } row)
        {
            return false;
        }
        var tally = _tallies.Of(row.Queue);
        var state = _rows.StateOfNew(tally, row.Sequence);
        _statements.Redrive.Set(1, row.Number).Set(2, (long)state).Set(3, tally.NextPlace()).Run();
        tally.Move(JobRowState.Dead, state);
        return true;
    });

    public bool Discard(Guid id) => InTransaction(() =>
    {
        if (_rows.Find(id) is not { State: JobRowState.Dead } row)
        {
            return false;
        }
        _rows.Finish(row, JobRowState.Discarded);
        return true;
    });

    /// <summary>
    /// Removes finished jobs. The caller keeps <paramref name="max"/> small, because other calls wait meanwhile.
    /// </summary>
    public int Purge(string queue, TimeSpan retention, int max) => InTransaction(() =>
    {
        if (_tallies.Of(queue) is not { Number: > 0 } tally)
        {
            return 0;
        }
        List<long> numbers = [];
        _statements.ReadFinished.Set(1, tally.Number).Set(2, _rows.Now - retention.Ticks).Set(3, max);
        while (_statements.ReadFinished.Step())
        {
            numbers.Add(_statements.ReadFinished.Number(0));
        }
        foreach (var number in numbers)
        {
            _statements.DeleteBody.Set(1, number).Run();
            _statements.DeleteAliases.Set(1, number).Run();
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
        // The transaction starts with SQLite's lock for writers, so no other process can change what it reads.
        _statements.Begin.Run();
        try
        {
            ReadHeader();
            var result = call();
            _tallies.Write();
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
            // SQLite has already rolled back the transaction, for example because the disk is full.
        }
    }

    private void ReadHeader()
    {
        var header = _statements.Header;
        if (!header.Step())
        {
            throw new JobStoreException(JobStoreProblem.Unusable, $"SQLite: the tables in {_path} no longer exist.");
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
            // The host cannot have restarted since this connection was opened, so another host uses the file.
            throw new ForeignHostException(_path);
        }
        _rows.Begin(_host.Now.Ticks + offset);
        if (_rows.Now > seen + SeenInterval)
        {
            _statements.WriteSeen.Set(1, _rows.Now).Run();
        }
    }

    private bool End(JobEnd end)
    {
        if (_rows.Find(end.Id) is not { State: JobRowState.Running } row || row.Claims != end.Claim)
        {
            return false;
        }
        switch (end.Kind)
        {
            case JobEndKind.Done:
                _rows.Finish(row, JobRowState.Done, end.Result);
                break;
            case JobEndKind.Dead:
                _rows.Move(row, JobRowState.Dead, attempts: 1, reason: end.Reason);
                break;
            case JobEndKind.Retry when end.Delay > TimeSpan.Zero:
                _rows.Move(row, JobRowState.Delayed, attempts: 1, due: _rows.DueAfter(end.Delay), reason: end.Reason);
                break;
            case JobEndKind.Retry:
                _rows.Move(row, JobRowState.Ready, attempts: 1, reason: end.Reason);
                break;
            default:
                _rows.Move(row, JobRowState.Ready, attempts: 0, reason: null);
                break;
        }
        return true;
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

    /// <summary>
    /// Lets all running jobs wait again. The jobs keep their places, and so remain the heads of their sequences.
    /// </summary>
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
            _tallies.Of(queue).Move(JobRowState.Running, JobRowState.Ready, count);
        }
        return counts.Values.Sum();
    }
}

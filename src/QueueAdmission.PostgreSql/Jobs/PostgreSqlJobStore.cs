using Microsoft.Extensions.Logging;
using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>A store of deferred jobs in PostgreSQL, for any number of nodes that accept and run jobs.</summary>
/// <remarks>
/// <para><b>Tables.</b> In the usual case, a job causes three inserts: into <c>jobs</c>, <c>job_claims</c> and
/// <c>job_ends</c>. The partitions of <c>jobs</c> and <c>job_ends</c> are truncated when none of their rows is needed.
/// A claim continues after the last claimed place of its priority, so it never reads claimed jobs again. Counters are
/// inserted as new rows, and the latest row applies. Therefore nothing slows down while a long transaction keeps
/// PostgreSQL from removing dead rows.</para>
/// <para><b>Locks.</b> Each queue has one lock for the calls that accept jobs, and another for the other calls. Both
/// are held until the commit, so calls with the same lock see each other's results in order. The counters and the limit
/// of a queue are exact, and places become visible in order, on which claims rely.</para>
/// <para>One call handles many jobs, so nodes wait for each other once per commit and not once per job. Claims do not
/// use <c>SKIP LOCKED</c>, because it cannot keep the order of priorities and sequences, and would scan the jobs that
/// other nodes have claimed.</para>
/// <para><b>Owners.</b> A node is an owner while it renews. Each call that claims for an owner locks the owner's row. A
/// takeover deletes this row and the claims in one transaction. A claim that was made before the takeover is therefore
/// released by it, and a later claim finds no owner. An end contains the number of its claim, which no longer exists
/// after the takeover. A node that was frozen therefore cannot end a job that runs elsewhere.</para>
/// </remarks>
internal sealed class PostgreSqlJobStore : IJobStore
{
    private const int MaxReaders = 4;

    private static readonly TimeSpan RotateInterval = TimeSpan.FromSeconds(5);

    private readonly PostgreSqlSource _source;
    private readonly PostgreSqlJobStoreOptions _options;
    private readonly JobSchema _schema;
    private readonly JobCommands _commands;
    private readonly ILogger _logger;
    private readonly JobLane _accepting;
    private readonly JobLane _importing;
    private readonly JobLane _running;
    private readonly JobLane _others;
    private readonly JobLane _listening;
    private long? _rotated;
    private int _toldOfPolling;
    private volatile bool _isUpdated;
    private volatile bool _isDisposed;

    /// <param name="connectionString">Called now to check it, and again for each connection.</param>
    /// <param name="options">The settings, which must not change from now on.</param>
    /// <param name="logger">The logger for a warning about the signals.</param>
    /// <param name="steps">The scripts of the schema. Null for those of this release.</param>
    /// <param name="partitions">The limits of partitions. Null for the default values.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting cannot work.</exception>
    public PostgreSqlJobStore(
        Func<string?> connectionString, PostgreSqlJobStoreOptions options, ILogger logger,
        IReadOnlyList<string>? steps = null,
        JobPartitions? partitions = null)
    {
        PostgreSqlSettings.Check(connectionString(), options);
        _options = options;
        _logger = logger;
        _source = new PostgreSqlSource(connectionString, options.CallTimeout);
        _schema = new JobSchema(options, steps ?? JobSchema.Steps);
        _commands = new JobCommands(options.Schema, partitions ?? new JobPartitions());
        _accepting = NewLane("accepting", 1);
        _importing = NewLane("importing", 1);
        _running = NewLane("running", 1);
        _others = NewLane("jobs", MaxReaders);
        _listening = NewLane("job signals", 1);
    }

    public string Name => "postgresql";

    public TimeSpan RenewalInterval => TimeSpan.FromMilliseconds(500);

    public bool HasSignals => true;

    public void Open() => Run(_others, connection =>
    {
        // On each call, because the tables may meanwhile be those of a newer release.
        _schema.Update(connection, _source.Target);
        return true;
    });

    public IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return jobs.Count == 0 ? [] : Run(_accepting, connection => _commands.Accept(connection, jobs));
    }

    public long Import(JobImport import)
    {
        ArgumentNullException.ThrowIfNull(import);
        return Run(_importing, connection => _commands.Import(connection, import));
    }

    public long ReadPosition(string source)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        return Run(_others, connection => _commands.ReadPosition(connection, source));
    }

    public JobOwnership RenewOwner(string node)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        var ownership = Run(_running, connection => new JobOwnership(MayRun: true, _commands.Renew(connection, node)));
        Rotate();
        return ownership;
    }

    public void ResignOwner(string node)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        Run(_running, connection => _commands.Resign(connection, node));
    }

    public JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        ArgumentNullException.ThrowIfNull(ends);
        ArgumentNullException.ThrowIfNull(claims);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ends.Count == 0 && claims.Count == 0
            ? new JobAdvance { Ends = [], Jobs = [] }
            : Run(_running, connection => _commands.Advance(connection, node, ends, claims));
    }

    public StoredJob? Find(Guid id) =>
        // A partition may be truncated between the snapshot of the statement and its reading. The job has then moved,
        // and the second attempt finds it.
        Run(_others, connection => _commands.Find(connection, id) ?? _commands.Find(connection, id)
            ?? (_commands.FindTargetOf(connection, id) is { } target ? _commands.Find(connection, target) : null));

    public IReadOnlyList<StoredJob> ListDead(string? queue, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return Run(_others, connection => _commands.ListDead(connection, queue, max));
    }

    public bool Cancel(Guid id) => Run(_others, connection => _commands.Cancel(connection, id));

    public bool Redrive(Guid id) => Run(_others, connection => _commands.Redrive(connection, id));

    public bool Discard(Guid id) => Run(_others, connection => _commands.Discard(connection, id));

    public IReadOnlyList<JobStoreCounts> ReadCounts() => Run(_others, _commands.ReadCounts);

    public int Purge(string queue, TimeSpan retention, int max)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return Run(_others, connection => _commands.Purge(connection, queue, retention, max));
    }

    public IReadOnlyList<string> ReadKeys() => Run(_others, _commands.ReadKeys);

    public void AddKey(string document)
    {
        ArgumentNullException.ThrowIfNull(document);
        Run(_others, connection => _commands.AddKey(connection, document));
    }

    public void Listen(Action onJobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(onJobs);
        try
        {
            Run(_listening, connection => Hear(connection, onJobs, cancellationToken));
        }
        catch (JobStoreException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        ObjectDisposedException.ThrowIf(_isDisposed, this);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _accepting.Dispose();
        _importing.Dispose();
        _running.Dispose();
        _others.Dispose();
        _listening.Dispose();
        _source.Dispose();
    }

    /// <summary>
    /// Switches to the next partition if that is due, and empties partitions that are no longer needed.
    /// </summary>
    public void RotateNow() => Run(_others, _commands.Rotate);

    private JobLane NewLane(string name, int size) =>
        new($"QueueAdmission PostgreSQL {name}", size, _source.Open, _options.CallTimeout);

    private bool Hear(NpgsqlConnection connection, Action onJobs, CancellationToken cancellationToken)
    {
        var listener = new JobListener(
            connection, _commands, onJobs, () => _isDisposed || cancellationToken.IsCancellationRequested);
        while (!listener.TryListen(
            text => Run(_others, other => _commands.Notify(other, text)), TimeSpan.FromSeconds(1)))
        {
            if (Interlocked.Exchange(ref _toldOfPolling, 1) == 0)
            {
                JobLog.Polls(_logger, _source.Target, JobListener.PollInterval.TotalMilliseconds);
            }
            listener.Poll(cancellationToken);
        }
        return true;
    }

    private void Rotate()
    {
        if (_rotated is { } last && TimeProvider.System.GetElapsedTime(last) < RotateInterval)
        {
            return;
        }
        _rotated = TimeProvider.System.GetTimestamp();
        try
        {
            RotateNow();
        }
        catch (JobStoreException)
        {
            // Jobs do not depend on the rotation, and the next renewals try again. Other calls report the problem.
        }
    }

    /// <summary>Runs a call on a connection, after creating or updating the tables. Translates exceptions.</summary>
    private T Run<T>(JobLane lane, Func<NpgsqlConnection, T> call)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        try
        {
            return lane.Run(connection =>
            {
                if (!_isUpdated)
                {
                    _schema.Update(connection, _source.Target);
                    _isUpdated = true;
                }
                try
                {
                    return call(connection);
                }
                catch (PostgresException exception) when (JobErrors.MeansOtherSchema(exception))
                {
                    _isUpdated = false;
                    throw _schema.ProblemOf(connection, _source.Target)
                        ?? JobErrors.Translated(exception, _source.Target);
                }
            });
        }
        catch (Exception exception)
        {
            throw _isDisposed
                ? new ObjectDisposedException(GetType().Name)
                : JobErrors.Translated(exception, _source.Target);
        }
    }
}

using Microsoft.Extensions.Logging;
using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>A store of deferred jobs in PostgreSQL, for any number of nodes that accept and run jobs.</summary>
/// <remarks>
/// <para><b>Tables.</b> What a job does in the usual case is three inserts: into <c>jobs</c>, <c>job_claims</c> and
/// <c>job_ends</c>. Partitions of the first and the last are truncated when nothing in them is needed. A claim goes on
/// from the last claimed place of its priority, so it never looks at what was claimed. Counters are rows that are
/// inserted, and the last one is in force. So nothing gets slower while a transaction is held open beside, which keeps
/// PostgreSQL from removing dead rows.</para>
/// <para><b>Locks.</b> Calls that accept take one lock of each queue, and the others take another one. Both are free at
/// the commit. So calls with the same lock see each other's results in order. The counters and the limit of a queue are
/// exact, and places become visible in their order, which the claims rely on. One call handles many jobs, so nodes wait
/// for each other for one commit, and not for each job. Claims do not use <c>SKIP LOCKED</c>: it cannot keep the order
/// of priorities and sequences, and it walks through what others claimed.</para>
/// <para><b>Owners.</b> A node is an owner while it renews. The row of the owner is locked by each call that claims for
/// it. A takeover deletes that row and the claims in one transaction. So a claim is either before the takeover, and is
/// released by it, or it finds no owner. An end names its claim, and finds no row after the takeover: a node that was
/// frozen cannot end a job that runs elsewhere.</para>
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
    /// <param name="options">The settings. They are not changed any more.</param>
    /// <param name="logger">For a warning about the signals.</param>
    /// <param name="steps">The scripts of the schema; null for those of this release.</param>
    /// <param name="partitions">When a partition is full; null for the values of this release.</param>
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
        // Not only the first time: the tables may be those of a newer release now.
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
        // A partition may be truncated between the moment that the statement sees and its reading. The job has moved
        // then, and a second look finds it.
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

    /// <summary>Begins the next partition if that is due, and empties those of which nothing is needed.</summary>
    public void RotateNow() => Run(_others, _commands.Rotate);

    private JobLane NewLane(string name, int size) =>
        new($"QueueAdmission PostgreSQL {name}", size, _source.Open, _options.CallTimeout);

    private bool Hear(NpgsqlConnection connection, Action onJobs, CancellationToken cancellationToken)
    {
        var listener = new JobListener(
            connection, _commands, onJobs, () => _isDisposed || cancellationToken.IsCancellationRequested);
        while (!listener.TryListen(text => Run(_others, other => _commands.Notify(other, text)), TimeSpan.FromSeconds(1)))
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
            // It is tried again, and jobs do not need it. What is wrong with the store is told by the other calls.
        }
    }

    /// <summary>Makes the tables before something uses them, and translates what fails.</summary>
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

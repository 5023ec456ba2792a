using Microsoft.Extensions.Logging;

namespace QueueAdmission.Sqlite;

/// <summary>A store of deferred jobs in a file that the processes of one host share.</summary>
/// <remarks>
/// <para><b>Threads.</b> One connection writes. Its calls run one at a time, in the order in which they arrive. Calls
/// that read use separate connections, and wait for nothing.</para>
/// <para><b>Owner.</b> The process that holds a lock on the file <c>….owner</c> may run jobs. The database also
/// contains the name of its node, and each claim compares that name. If the lock file is deleted and a second process
/// locks a new file, the first process therefore loses the right to run jobs with its next call.</para>
/// <para>The operating system releases the lock when the process ends, even after <c>kill -9</c>. Another process then
/// takes the lock with its next renewal. A process that is frozen, for example by <c>SIGSTOP</c> or in a debugger,
/// keeps the lock. Until that process continues or ends, no other process runs jobs.</para>
/// <para><b>Deleted or replaced file.</b> If the file is deleted or replaced while it is open, the next call notices
/// and throws. The call after that uses the file that the path then denotes. Data that only the lost file contained is
/// lost.</para>
/// </remarks>
internal sealed class SqliteJobStore : IJobStore
{
    /// <summary>The most jobs that one step of a purge removes. Other calls can run between the steps.</summary>
    private const int PurgeStep = 500;

    // Jobs of other processes are found by polling at this interval. Jobs of this process wake the listener at once.
    private static readonly TimeSpan ListenInterval = TimeSpan.FromMilliseconds(25);

    private readonly FairGate _writing = new();
    private readonly Lock _ownerGate = new();
    private readonly ManualResetEventSlim _newJobs = new();
    private readonly SqliteJobSettings _settings;
    private readonly Host _host;
    private readonly ILogger _logger;
    private readonly IReadOnlyList<string> _steps;
    private readonly ReaderPool _readers;
    private readonly FreeSpaceCheck _freeSpace;
    private SqliteJobWriter? _writer;
    private OwnerLock? _ownerLock;
    private string? _ownerNode;
    private int _hasWarned;
    private volatile bool _isDisposed;

    public SqliteJobStore(SqliteJobSettings settings, Host host, ILogger logger, IReadOnlyList<string>? steps = null)
    {
        _settings = settings;
        _host = host;
        _logger = logger;
        _steps = steps ?? SqliteJobSchema.Steps;
        _readers = new ReaderPool(settings, host);
        _freeSpace = new FreeSpaceCheck(settings, host);
    }

    public string Name => "sqlite";

    public TimeSpan RenewalInterval => TimeSpan.FromMilliseconds(250);

    public bool HasSignals => true;

    public void Open()
    {
        Write(_ => true);
        if (FileSystems.ShortLivedTypeOf(_settings.Path) is { } type && Interlocked.Exchange(ref _hasWarned, 1) == 0)
        {
            SqliteJobLog.IsShortLived(_logger, _settings.Path, type);
        }
    }

    public IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var result = Write(writer =>
        {
            _freeSpace.ThrowIfDiskIsFull();
            return writer.Accept(jobs);
        });
        _newJobs.Set();
        return result;
    }

    public long Import(JobImport import)
    {
        ArgumentNullException.ThrowIfNull(import);
        var position = Write(writer =>
        {
            _freeSpace.ThrowIfDiskIsFull();
            return writer.Import(import);
        });
        _newJobs.Set();
        return position;
    }

    public long ReadPosition(string source)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        return Read(reader => reader.ReadPosition(source));
    }

    public JobOwnership RenewOwner(string node)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        lock (_ownerGate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_ownerLock is not null)
            {
                if (_ownerNode != node)
                {
                    return default;
                }
                if (Read(reader => reader.Owner) == node)
                {
                    return new JobOwnership(MayRun: true, Recovered: 0);
                }
                // The database or the lock file was replaced, so the node must acquire the right to run jobs again.
                ReleaseOwnerLock();
            }
            return TakeOwnership(node);
        }
    }

    public void ResignOwner(string node)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        lock (_ownerGate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_ownerLock is null || _ownerNode != node)
            {
                return;
            }
            // If this throws, the node keeps the lock and the right to run jobs.
            Write(writer => writer.Resign(node));
            ReleaseOwnerLock();
        }
    }

    public JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        ArgumentNullException.ThrowIfNull(ends);
        ArgumentNullException.ThrowIfNull(claims);
        return Write(writer => writer.Advance(node, ends, claims));
    }

    public StoredJob? Find(Guid id) => Read(reader => reader.Find(id));

    public IReadOnlyList<StoredJob> ListDead(string? queue, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return Read(reader => reader.ListDead(queue, max));
    }

    public bool Cancel(Guid id) => Write(writer => writer.Cancel(id));

    public bool Redrive(Guid id)
    {
        var isRedriven = Write(writer => writer.Redrive(id));
        _newJobs.Set();
        return isRedriven;
    }

    public bool Discard(Guid id) => Write(writer => writer.Discard(id));

    public IReadOnlyList<JobStoreCounts> ReadCounts() => Read(reader => reader.ReadCounts());

    public int Purge(string queue, TimeSpan retention, int max)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        var total = 0;
        while (total < max)
        {
            var wanted = Math.Min(PurgeStep, max - total);
            var purged = Write(writer => writer.Purge(queue, retention, wanted));
            total += purged;
            if (purged < wanted)
            {
                break;
            }
        }
        return total;
    }

    public IReadOnlyList<string> ReadKeys() => Read(reader => reader.ReadKeys());

    public void AddKey(string document)
    {
        ArgumentNullException.ThrowIfNull(document);
        Write(writer => writer.AddKey(document));
    }

    public void Listen(Action onJobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(onJobs);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        EnsureOpen();
        try
        {
            using var reader = new SqliteJobReader(_settings, _host);
            Hear(reader, onJobs, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not ObjectDisposedException)
        {
            throw SqliteJobErrors.Translated(exception, _settings.Path);
        }
        catch (OperationCanceledException)
        {
            // Cancellation ends the listening.
        }
        ObjectDisposedException.ThrowIf(_isDisposed, this);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _newJobs.Set();
        lock (_ownerGate)
        {
            // The node does not resign, just as when the process ends. The next owner recovers the jobs.
            ReleaseOwnerLock();
        }
        _writing.Run(() =>
        {
            CloseWriter();
            return true;
        });
        _readers.Dispose();
    }

    private void Hear(SqliteJobReader reader, Action onJobs, CancellationToken cancellationToken)
    {
        var (version, places) = (reader.DataVersion, reader.Places);
        onJobs();
        while (!_isDisposed && !cancellationToken.IsCancellationRequested)
        {
            _newJobs.Wait(ListenInterval, cancellationToken);
            _newJobs.Reset();
            var next = reader.DataVersion;
            if (next == version)
            {
                if (reader.HasMoved)
                {
                    throw Moved();
                }
                continue;
            }
            version = next;
            var latest = reader.Places;
            if (latest != places)
            {
                places = latest;
                onJobs();
            }
        }
    }

    private JobOwnership TakeOwnership(string node)
    {
        // The lock file is created in the folder of the database. Opening the database first checks that folder.
        EnsureOpen();
        try
        {
            _ownerLock = OwnerLock.TryTake(_settings.OwnerPath);
        }
        catch (Exception exception)
        {
            throw SqliteJobErrors.Translated(exception, _settings.OwnerPath);
        }
        if (_ownerLock is null)
        {
            return default;
        }
        try
        {
            var recovered = Write(writer => writer.TakeOwnership(node));
            _ownerNode = node;
            if (recovered > 0)
            {
                _newJobs.Set();
            }
            return new JobOwnership(MayRun: true, recovered);
        }
        catch
        {
            ReleaseOwnerLock();
            throw;
        }
    }

    private void ReleaseOwnerLock()
    {
        _ownerLock?.Dispose();
        (_ownerLock, _ownerNode) = (null, null);
    }

    private T Write<T>(Func<SqliteJobWriter, T> call) => _writing.Run(() =>
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        try
        {
            if (_writer is { HasMoved: true })
            {
                throw Moved();
            }
            var result = call(_writer ??= SqliteJobWriter.Open(_settings, _host, _steps));
            // If the file was deleted or replaced meanwhile, the write is lost with it.
            return _writer.HasMoved ? throw Moved() : result;
        }
        catch (Exception exception)
        {
            if (!SqliteJobErrors.LeavesConnection(exception))
            {
                CloseWriter();
            }
            throw SqliteJobErrors.Translated(exception, _settings.Path);
        }
    });

    private T Read<T>(Func<SqliteJobReader, T> call)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        EnsureOpen();
        try
        {
            return _readers.Run(call);
        }
        catch (Exception exception)
        {
            throw SqliteJobErrors.Translated(exception, _settings.Path);
        }
    }

    /// <summary>Creates or updates the tables before the first read.</summary>
    private void EnsureOpen()
    {
        if (Volatile.Read(ref _writer) is null)
        {
            Write(_ => true);
        }
    }

    private JobStoreException Moved() => new(
        JobStoreProblem.Unreachable,
        $"SQLite: {_settings.Path} was moved or deleted. The next call uses the file that then exists.");

    private void CloseWriter()
    {
        _writer?.Dispose();
        _writer = null;
    }
}

namespace QueueAdmission.Testing;

/// <summary>
/// The server behind stores of deferred jobs in memory. Each <see cref="Open"/> is a connection of one process, so
/// several hosts in one test can share the jobs, and a host that is started again finds them.
/// </summary>
/// <remarks>
/// A test can take the store away, and lose the process that runs the jobs, as happens to real stores.
/// <code>
/// var server = new InMemoryJobStore();
/// builder.Services.AddQueuedAdmission().AddDeferredJobs(d => d.UseStore(_ => server.Open()));
/// </code>
/// One node at a time may run jobs, as in an embedded store. All members are safe to call from many threads at once.
/// </remarks>
public sealed class InMemoryJobStore
{
    private readonly Lock _gate = new();
    private readonly InMemoryJobs _jobs;
    private readonly List<string> _keys = [];
    private readonly List<InMemoryJobListener> _listeners = [];
    private JobStoreException? _outage;
    private InMemoryJobStoreConnection? _owner;
    private string? _ownerNode;
    private long _calls;

    /// <summary>Starts a server without jobs.</summary>
    /// <param name="timeProvider">The clock of the store; the system's if null.</param>
    public InMemoryJobStore(TimeProvider? timeProvider = null)
    {
        _jobs = new InMemoryJobs(timeProvider ?? TimeProvider.System);
    }

    /// <summary>The calls of all connections so far, failed ones included.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Opens a connection for one process.</summary>
    /// <returns>
    /// The store to give to <c>UseStore</c>. Disposing it leaves the jobs alone; a node that has not resigned by then
    /// is gone.
    /// </returns>
    public IJobStore Open() => new InMemoryJobStoreConnection(this);

    /// <summary>From now on every call fails, and no signal is heard.</summary>
    /// <param name="problem">What the calls fail with.</param>
    public void GoAway(JobStoreProblem problem = JobStoreProblem.Unreachable)
    {
        lock (_gate)
        {
            _outage = new JobStoreException(problem, $"The store in memory was told to be away ({problem}).");
            foreach (var listener in _listeners)
            {
                listener.Fail(_outage);
            }
            _listeners.Clear();
        }
    }

    /// <summary>Ends what <see cref="GoAway"/> began.</summary>
    public void ComeBack()
    {
        lock (_gate)
        {
            _outage = null;
        }
    }

    /// <summary>
    /// The node that may run jobs is gone, as when its process was killed. The next node that asks may run jobs, and
    /// gets those that were running.
    /// </summary>
    public void LoseOwner()
    {
        lock (_gate)
        {
            (_owner, _ownerNode) = (null, null);
        }
    }

    internal T Run<T>(Func<InMemoryJobs, T> call)
    {
        Interlocked.Increment(ref _calls);
        lock (_gate)
        {
            ThrowIfAwayLocked();
            return call(_jobs);
        }
    }

    /// <summary>As <see cref="Run"/>. Then the listeners hear of new jobs.</summary>
    internal T RunAndSignal<T>(Func<InMemoryJobs, T> call)
    {
        Interlocked.Increment(ref _calls);
        lock (_gate)
        {
            ThrowIfAwayLocked();
            var result = call(_jobs);
            _listeners.ForEach(listener => listener.Signal());
            return result;
        }
    }

    internal JobOwnership RenewOwner(InMemoryJobStoreConnection connection, string node) => Run(jobs =>
    {
        if (_owner is not null)
        {
            return new JobOwnership(_owner == connection && _ownerNode == node, 0);
        }
        (_owner, _ownerNode) = (connection, node);
        return new JobOwnership(true, jobs.Recover());
    });

    internal void ResignOwner(InMemoryJobStoreConnection connection, string node) => Run(jobs =>
    {
        if (_owner == connection && _ownerNode == node)
        {
            jobs.GiveBack();
            (_owner, _ownerNode) = (null, null);
        }
        return true;
    });

    internal JobAdvance Advance(
        InMemoryJobStoreConnection connection,
        string node,
        IReadOnlyList<JobEnd> ends,
        IReadOnlyList<JobClaim> claims) =>
        Run(jobs => jobs.Advance(ends, claims, mayClaim: _owner == connection && _ownerNode == node));

    internal IReadOnlyList<string> ReadKeys() => Run(_ => _keys.ToArray());

    internal void AddKey(string document) => Run(_ =>
    {
        _keys.Add(document);
        return true;
    });

    internal void Add(InMemoryJobListener listener)
    {
        lock (_gate)
        {
            ThrowIfAwayLocked();
            _listeners.Add(listener);
        }
    }

    internal void Remove(InMemoryJobListener listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener);
        }
    }

    /// <summary>The process of a connection has ended.</summary>
    internal void Close(InMemoryJobStoreConnection connection)
    {
        lock (_gate)
        {
            if (_owner == connection)
            {
                (_owner, _ownerNode) = (null, null);
            }
        }
    }

    private void ThrowIfAwayLocked()
    {
        if (_outage is { } outage)
        {
            throw new JobStoreException(outage.Problem, outage.Message);
        }
    }
}

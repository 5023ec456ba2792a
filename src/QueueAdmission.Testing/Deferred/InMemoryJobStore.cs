namespace QueueAdmission.Testing;

/// <summary>
/// An in-memory server for deferred jobs. Each call of <see cref="Open"/> returns the connection of one process.
/// Several hosts in one test can therefore share the jobs, and a host that is started again finds them.
/// </summary>
/// <remarks>
/// A test can make the store unreachable with <see cref="GoAway"/>, and simulate the loss of the process that runs the
/// jobs with <see cref="LoseOwner"/>.
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
    /// <param name="timeProvider">The clock of the store. Default null: the system clock.</param>
    public InMemoryJobStore(TimeProvider? timeProvider = null)
    {
        _jobs = new InMemoryJobs(timeProvider ?? TimeProvider.System);
    }

    /// <summary>The number of calls of all connections so far, including failed calls.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Opens a connection for one process.</summary>
    /// <returns>
    /// The store to pass to <c>UseStore</c>. Disposing the store keeps the jobs. A node that has not resigned before
    /// counts as lost.
    /// </returns>
    public IJobStore Open() => new InMemoryJobStoreConnection(this);

    /// <summary>Makes the store unavailable: every call fails from now on, and no signal is delivered.</summary>
    /// <param name="problem">The problem that the calls report.</param>
    public void GoAway(JobStoreProblem problem = JobStoreProblem.Unreachable)
    {
        lock (_gate)
        {
            _outage = new JobStoreException(problem, $"The store in memory simulates an outage ({problem}).");
            foreach (var listener in _listeners)
            {
                listener.Fail(_outage);
            }
            _listeners.Clear();
        }
    }

    /// <summary>Makes the store available again after <see cref="GoAway"/>.</summary>
    public void ComeBack()
    {
        lock (_gate)
        {
            _outage = null;
        }
    }

    /// <summary>
    /// Simulates the loss of the node that may run jobs, as if its process had been killed. The next node that asks may
    /// run jobs, and gets the jobs that were running.
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

    /// <summary>Makes a call like <see cref="Run"/>, and then signals new jobs to the listeners.</summary>
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

    /// <summary>Closes a connection, as if its process had ended.</summary>
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

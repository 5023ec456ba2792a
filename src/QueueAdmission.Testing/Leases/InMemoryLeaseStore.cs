namespace QueueAdmission.Testing;

/// <summary>
/// The server behind lease stores in memory. Each <see cref="Open"/> is a connection of one node, so several hosts in
/// one test can form a cluster.
/// </summary>
/// <remarks>
/// A test can take the store away, restart it, and lose its data, as happens to real stores.
/// <code>
/// var server = new InMemoryLeaseStore();
/// builder.Services.AddQueuedAdmission().AddCluster(c => c.UseStore(_ => server.Open()));
/// </code>
/// All members are safe to call from many threads at once.
/// </remarks>
public sealed class InMemoryLeaseStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LeaseStoreKey, (string Version, byte[] Document)> _documents = [];
    private readonly List<InMemoryListener> _listeners = [];
    private readonly TimeProvider _time;
    private readonly long _started;
    private LeaseStoreException? _outage;
    private string _identity = NewIdentity();
    private long _calls;

    /// <summary>Starts a server without data.</summary>
    /// <param name="timeProvider">The clock that the store tells the time by; the system's if null.</param>
    public InMemoryLeaseStore(TimeProvider? timeProvider = null)
    {
        _time = timeProvider ?? TimeProvider.System;
        _started = _time.GetTimestamp();
    }

    /// <summary>The reads and writes so far, refused and failed ones included.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Opens a connection for one node.</summary>
    /// <returns>The store to give to <c>UseStore</c>. Disposing it leaves the data alone.</returns>
    public ILeaseStore Open() => new InMemoryLeaseStoreConnection(this);

    /// <summary>From now on every call fails, and no signal is heard.</summary>
    /// <param name="problem">What the calls fail with.</param>
    public void GoAway(LeaseStoreProblem problem = LeaseStoreProblem.Unreachable)
    {
        lock (_gate)
        {
            _outage = new LeaseStoreException(problem, $"The store in memory was told to be away ({problem}).");
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

    /// <summary>Simulates a restart or a failover: another process serves the store from now on.</summary>
    /// <param name="loseData">Whether it has lost all documents.</param>
    public void Restart(bool loseData)
    {
        lock (_gate)
        {
            _identity = NewIdentity();
            if (loseData)
            {
                _documents.Clear();
            }
        }
    }

    internal LeaseStoreReading Read(LeaseStoreKey key)
    {
        Interlocked.Increment(ref _calls);
        lock (_gate)
        {
            ThrowIfAwayLocked();
            return ReadLocked(key);
        }
    }

    internal LeaseStoreReading? Write(LeaseStoreKey key, LeaseStoreReading expected, LeaseStoreWrite write)
    {
        Interlocked.Increment(ref _calls);
        lock (_gate)
        {
            ThrowIfAwayLocked();
            var current = ReadLocked(key);
            if (current.Version != expected.Version || current.Identity != expected.Identity)
            {
                return current;
            }
            _documents[key] = (write.Version, write.Document.ToArray());
            if (write.Signal is { } text)
            {
                foreach (var listener in _listeners.Where(listener => listener.Cluster == key.Cluster))
                {
                    listener.Add(new LeaseStoreSignal(key.Queue, text));
                }
            }
            return null;
        }
    }

    internal void Add(InMemoryListener listener)
    {
        lock (_gate)
        {
            ThrowIfAwayLocked();
            _listeners.Add(listener);
        }
    }

    internal void Remove(InMemoryListener listener)
    {
        lock (_gate)
        {
            _listeners.Remove(listener);
        }
    }

    private static string NewIdentity() => Guid.NewGuid().ToString("N");

    private LeaseStoreReading ReadLocked(LeaseStoreKey key)
    {
        var found = _documents.TryGetValue(key, out var stored);
        return new LeaseStoreReading
        {
            Version = found ? stored.Version : null,
            Document = found ? stored.Document : ReadOnlyMemory<byte>.Empty,
            Time = _time.GetElapsedTime(_started),
            Identity = _identity,
        };
    }

    private void ThrowIfAwayLocked()
    {
        if (_outage is { } outage)
        {
            throw new LeaseStoreException(outage.Problem, outage.Message);
        }
    }
}

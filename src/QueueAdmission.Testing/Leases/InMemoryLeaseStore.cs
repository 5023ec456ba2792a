namespace QueueAdmission.Testing;

/// <summary>
/// An in-memory server for leases. Each call of <see cref="Open"/> returns the connection of one node. Several hosts in
/// one test can therefore form a cluster.
/// </summary>
/// <remarks>
/// A test can make the store unreachable with <see cref="GoAway"/>, and restart it, with or without its data, with
/// <see cref="Restart"/>.
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
    /// <param name="timeProvider">The clock of the store. Default null: the system clock.</param>
    public InMemoryLeaseStore(TimeProvider? timeProvider = null)
    {
        _time = timeProvider ?? TimeProvider.System;
        _started = _time.GetTimestamp();
    }

    /// <summary>The number of reads and writes so far, including refused and failed calls.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Opens a connection for one node.</summary>
    /// <returns>The store to pass to <c>UseStore</c>. Disposing the store keeps the data.</returns>
    public ILeaseStore Open() => new InMemoryLeaseStoreConnection(this);

    /// <summary>Makes the store unavailable: every call fails from now on, and no signal is delivered.</summary>
    /// <param name="problem">The problem that the calls report.</param>
    public void GoAway(LeaseStoreProblem problem = LeaseStoreProblem.Unreachable)
    {
        lock (_gate)
        {
            _outage = new LeaseStoreException(problem, $"The store in memory simulates an outage ({problem}).");
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

    /// <summary>Simulates a restart or a failover: another process serves the store from now on.</summary>
    /// <param name="loseData">Whether all documents are lost.</param>
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

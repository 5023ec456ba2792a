namespace QueueAdmission.Testing;

/// <summary>The jobs of one queue of an <see cref="InMemoryJobStore"/>, in the orders that look-ups need.</summary>
internal sealed class InMemoryJobQueue(string name)
{
    private static readonly Comparer<InMemoryJob> ByOrder =
        Comparer<InMemoryJob>.Create((x, y) => x.Order.CompareTo(y.Order));

    private static readonly Comparer<InMemoryJob> ByTurn = Comparer<InMemoryJob>.Create((x, y) =>
        x.Priority != y.Priority ? y.Priority.CompareTo(x.Priority) : x.Order.CompareTo(y.Order));

    private readonly SortedSet<InMemoryJob> _waitingByTurn = new(ByTurn);
    private readonly SortedSet<InMemoryJob> _waitingByOrder = new(ByOrder);
    private readonly Dictionary<string, SortedSet<InMemoryJob>> _sequences = [];

    /// <summary>The number of jobs in each state. The counts of final states include purged jobs.</summary>
    private readonly long[] _counts = new long[6];

    private long _accepted;
    private long _lastOrder;

    public Dictionary<string, InMemoryJob> ByIdempotencyKey { get; } = [];

    /// <summary>Jobs in the order in which they ended. Purge removes from the front.</summary>
    public LinkedList<InMemoryJob> Finished { get; } = [];

    /// <summary>All waiting jobs, in the order in which they should run.</summary>
    public IEnumerable<InMemoryJob> WaitingByTurn => _waitingByTurn;

    public long Active => _counts[(int)StoredJobState.Waiting] + _counts[(int)StoredJobState.Running];

    public void Accept(InMemoryJob job)
    {
        _accepted++;
        job.Order = ++_lastOrder;
        job.State = StoredJobState.Waiting;
        _counts[(int)job.State]++;
        Enter(job);
    }

    /// <summary>Moves a job to another state.</summary>
    public void Move(InMemoryJob job, StoredJobState state)
    {
        Leave(job);
        _counts[(int)job.State]--;
        if (job.State == StoredJobState.Dead && state == StoredJobState.Waiting)
        {
            job.Order = ++_lastOrder;
        }
        job.State = state;
        _counts[(int)state]++;
        Enter(job);
    }

    public bool IsFirstOfItsSequence(InMemoryJob job) =>
        job.SequenceKey is null || _sequences[job.SequenceKey].Min == job;

    public long CountAhead(InMemoryJob job) => _waitingByOrder.TakeWhile(other => other != job).Count();

    public JobStoreCounts ToCounts() => new()
    {
        Queue = name,
        Accepted = _accepted,
        Waiting = _counts[(int)StoredJobState.Waiting],
        Running = _counts[(int)StoredJobState.Running],
        Done = _counts[(int)StoredJobState.Done],
        Dead = _counts[(int)StoredJobState.Dead],
        Cancelled = _counts[(int)StoredJobState.Cancelled],
        Discarded = _counts[(int)StoredJobState.Discarded],
        OldestWaiting = _waitingByOrder.Min?.AcceptedAt,
    };

    private void Enter(InMemoryJob job)
    {
        if (job.State == StoredJobState.Waiting)
        {
            _waitingByTurn.Add(job);
            _waitingByOrder.Add(job);
        }
        if (job.IsActive && job.SequenceKey is { } key)
        {
            if (!_sequences.TryGetValue(key, out var sequence))
            {
                _sequences[key] = sequence = new SortedSet<InMemoryJob>(ByOrder);
            }
            sequence.Add(job);
        }
    }

    private void Leave(InMemoryJob job)
    {
        _waitingByTurn.Remove(job);
        _waitingByOrder.Remove(job);
        if (job.SequenceKey is { } key && _sequences.TryGetValue(key, out var sequence) && sequence.Remove(job)
            && sequence.Count == 0)
        {
            _sequences.Remove(key);
        }
    }
}

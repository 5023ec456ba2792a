namespace QueueAdmission.Deferred.Doubles;

/// <summary>A store in memory that a test can look into, and that can be away.</summary>
internal sealed class MemoryJobs(TimeProvider time) : IJobStore
{
    private readonly Lock _gate = new();
    private readonly List<Row> _rows = [];
    private readonly List<string> _keys = [];
    private readonly Dictionary<string, long> _accepted = new();
    private long _claims;

    /// <summary>What every call throws; null while the store works.</summary>
    public volatile Exception? Failure;

    public string Name => "memory";

    public TimeSpan RenewalInterval => TimeSpan.FromSeconds(1);

    public bool HasSignals => false;

    public IReadOnlyList<Row> Rows
    {
        get
        {
            lock (_gate)
                return [.. _rows];
        }
    }

    public List<string> Keys => _keys;

    public void Open() => Check();

    public IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
    {
        Check();
        lock (_gate)
        {
            return [.. jobs.Select(job =>
            {
                if (_rows.Count(row => row.Job.Queue == job.Queue && row.State is StoredJobState.Waiting or StoredJobState.Running) >= job.MaxWaiting)
                    return new JobAcceptance(JobAcceptanceStatus.QueueFull, job.Id);
                _rows.Add(new Row(job));
                _accepted[job.Queue] = _accepted.GetValueOrDefault(job.Queue) + 1;
                return new JobAcceptance(JobAcceptanceStatus.Accepted, job.Id);
            })];
        }
    }

    public JobOwnership RenewOwner(string node)
    {
        Check();
        return new JobOwnership(true, 0);
    }

    public void ResignOwner(string node)
    {
        Check();
        lock (_gate)
        {
            foreach (var row in _rows.Where(row => row.State == StoredJobState.Running && row.Node == node))
                (row.State, row.Attempts, row.Node) = (StoredJobState.Waiting, row.Attempts - 1, null);
        }
    }

    public JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims)
    {
        Check();
        lock (_gate)
        {
            var counted = ends.Select(End).ToList();
            var now = time.GetUtcNow();
            var jobs = new List<ClaimedJob>();
            foreach (var claim in claims)
            {
                var waiting = _rows.Where(row => row.State == StoredJobState.Waiting && row.Job.Queue == claim.Queue && row.DueAt <= now)
                    .OrderByDescending(row => row.Job.Priority).ThenBy(_rows.IndexOf);
                foreach (var row in waiting)
                {
                    if (jobs.Count(job => job.Queue == claim.Queue) == claim.Max)
                        break;
                    if (IsBlocked(row))
                        continue;
                    (row.State, row.Attempts, row.Claim, row.Node) = (StoredJobState.Running, row.Attempts + 1, ++_claims, node);
                    jobs.Add(new ClaimedJob
                    {
                        Id = row.Job.Id,
                        Queue = row.Job.Queue,
                        Route = row.Job.Route,
                        Payload = row.Job.Payload,
                        AcceptedAt = row.Job.AcceptedAt,
                        Priority = row.Job.Priority,
                        Weight = row.Job.Weight,
                        Attempt = row.Attempts,
                        Claim = row.Claim,
                    });
                }
            }
            var due = _rows.Where(row => row.State == StoredJobState.Waiting && row.DueAt > now).Select(row => (TimeSpan?)(row.DueAt - now)).Min();
            return new JobAdvance { Ends = counted, Jobs = jobs, NextDue = due };
        }
    }

    public StoredJob? Find(Guid id)
    {
        Check();
        lock (_gate)
        {
            return _rows.Find(row => row.Job.Id == id) is not { } row ? null : View(row, row.Job.Payload);
        }
    }

    public IReadOnlyList<StoredJob> ListDead(string? queue, int max)
    {
        Check();
        lock (_gate)
            return [.. _rows.Where(row => row.State == StoredJobState.Dead && (queue ?? row.Job.Queue) == row.Job.Queue).Reverse().Take(max).Select(row => View(row, null))];
    }

    public bool Cancel(Guid id) => Change(id, StoredJobState.Waiting, StoredJobState.Cancelled);

    public bool Redrive(Guid id)
    {
        if (!Change(id, StoredJobState.Dead, StoredJobState.Waiting))
            return false;
        Rows.Single(row => row.Job.Id == id).Attempts = 0;
        return true;
    }

    public bool Discard(Guid id) => Change(id, StoredJobState.Dead, StoredJobState.Discarded);

    public IReadOnlyList<JobStoreCounts> ReadCounts()
    {
        Check();
        lock (_gate)
        {
            return [.. _rows.GroupBy(row => row.Job.Queue).Select(rows => new JobStoreCounts
            {
                Queue = rows.Key,
                Accepted = _accepted[rows.Key],
                Waiting = rows.Count(row => row.State == StoredJobState.Waiting),
                Running = rows.Count(row => row.State == StoredJobState.Running),
                Done = rows.Count(row => row.State == StoredJobState.Done),
                Dead = rows.Count(row => row.State == StoredJobState.Dead),
                Cancelled = rows.Count(row => row.State == StoredJobState.Cancelled),
                Discarded = rows.Count(row => row.State == StoredJobState.Discarded),
                OldestWaiting = rows.Where(row => row.State == StoredJobState.Waiting).Select(row => (DateTimeOffset?)row.Job.AcceptedAt).Min(),
            })];
        }
    }

    public int Purge(string queue, TimeSpan retention, int max)
    {
        Check();
        lock (_gate)
        {
            var gone = _rows.Where(row => row.Job.Queue == queue && row.EndedAt + retention <= time.GetUtcNow()
                && row.State is StoredJobState.Done or StoredJobState.Cancelled or StoredJobState.Discarded).Take(max).ToList();
            gone.ForEach(row => _rows.Remove(row));
            return gone.Count;
        }
    }

    public IReadOnlyList<string> ReadKeys()
    {
        Check();
        lock (_gate)
            return [.. _keys];
    }

    public void AddKey(string document)
    {
        Check();
        lock (_gate)
            _keys.Add(document);
    }

    public void Listen(Action onJobs, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private bool IsBlocked(Row row) => row.Job.SequenceKey is { } key && _rows.TakeWhile(other => other != row).Any(
        other => other.State is StoredJobState.Waiting or StoredJobState.Running && other.Job.Queue == row.Job.Queue
            && other.Job.SequenceKey is { } theirs && theirs.AsSpan().SequenceEqual(key));

    private bool End(JobEnd end)
    {
        var row = _rows.Find(row => row.Job.Id == end.Id);
        if (row is not { State: StoredJobState.Running } || row.Claim != end.Claim)
            return false;
        row.Reason = end.Reason;
        row.Result = end.Result;
        row.EndedAt = time.GetUtcNow();
        switch (end.Kind)
        {
            case JobEndKind.Done:
                row.State = StoredJobState.Done;
                break;
            case JobEndKind.Dead:
                row.State = StoredJobState.Dead;
                break;
            case JobEndKind.Retry:
                (row.State, row.DueAt) = (StoredJobState.Waiting, time.GetUtcNow() + end.Delay);
                break;
            default:
                (row.State, row.Attempts) = (StoredJobState.Waiting, row.Attempts - 1);
                break;
        }
        return true;
    }

    private bool Change(Guid id, StoredJobState from, StoredJobState to)
    {
        Check();
        lock (_gate)
        {
            if (_rows.Find(row => row.Job.Id == id) is not { } row || row.State != from)
                return false;
            (row.State, row.EndedAt) = (to, time.GetUtcNow());
            return true;
        }
    }

    private StoredJob View(Row row, byte[]? payload) => new()
    {
        Id = row.Job.Id,
        Queue = row.Job.Queue,
        Route = row.Job.Route,
        State = row.State,
        AcceptedAt = row.Job.AcceptedAt,
        Attempts = row.Attempts,
        Payload = payload,
        Result = row.Result,
        Reason = row.Reason,
        EndedAt = row.State is StoredJobState.Waiting or StoredJobState.Running ? null : row.EndedAt,
        Ahead = row.State == StoredJobState.Waiting
            ? _rows.TakeWhile(other => other != row).Count(other => other.State == StoredJobState.Waiting && other.Job.Queue == row.Job.Queue)
            : null,
    };

    private void Check()
    {
        if (Failure is { } failure)
            throw failure;
    }

    internal sealed class Row(AcceptedJob job)
    {
        public AcceptedJob Job { get; } = job;

        public StoredJobState State { get; set; }

        public int Attempts { get; set; }

        public long Claim { get; set; }

        public string? Node { get; set; }

        public DateTimeOffset DueAt { get; set; }

        public DateTimeOffset EndedAt { get; set; }

        public byte[]? Result { get; set; }

        public string? Reason { get; set; }
    }
}

namespace QueueAdmission.Kafka.Doubles;

/// <summary>A store whose inner store a test can replace, and whose imports a test can intercept.</summary>
internal sealed class OtherStore(IJobStore first, Func<IJobStore, JobImport, long>? import = null) : IJobStore
{
    private volatile IJobStore _inner = first;

    /// <summary>Replaces the inner store. From now on, <paramref name="other"/> answers all calls.</summary>
    public void Replace(IJobStore other) => _inner = other;

    public string Name => _inner.Name;

    public TimeSpan RenewalInterval => _inner.RenewalInterval;

    public bool HasSignals => _inner.HasSignals;

    public void Open() => _inner.Open();

    public IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs) => _inner.Accept(jobs);

    public long Import(JobImport jobs) => import is null ? _inner.Import(jobs) : import(_inner, jobs);

    public long ReadPosition(string source) => _inner.ReadPosition(source);

    public JobOwnership RenewOwner(string node) => _inner.RenewOwner(node);

    public void ResignOwner(string node) => _inner.ResignOwner(node);

    public JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims) =>
        _inner.Advance(node, ends, claims);

    public StoredJob? Find(Guid id) => _inner.Find(id);

    public IReadOnlyList<StoredJob> ListDead(string? queue, int max) => _inner.ListDead(queue, max);

    public bool Cancel(Guid id) => _inner.Cancel(id);

    public bool Redrive(Guid id) => _inner.Redrive(id);

    public bool Discard(Guid id) => _inner.Discard(id);

    public IReadOnlyList<JobStoreCounts> ReadCounts() => _inner.ReadCounts();

    public int Purge(string queue, TimeSpan retention, int max) => _inner.Purge(queue, retention, max);

    public IReadOnlyList<string> ReadKeys() => _inner.ReadKeys();

    public void AddKey(string document) => _inner.AddKey(document);

    public void Listen(Action onJobs, CancellationToken cancellationToken) => _inner.Listen(onJobs, cancellationToken);

    public void Dispose() => _inner.Dispose();
}

namespace QueueAdmission.Deferred.Doubles;

/// <summary>A store in front of another store. A test overrides the calls that it observes or changes.</summary>
internal abstract class StoreDouble(IJobStore inner) : IJobStore
{
    public string Name => inner.Name;

    public TimeSpan RenewalInterval => inner.RenewalInterval;

    public bool HasSignals => false;

    public void Open() => inner.Open();

    public virtual IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs) => inner.Accept(jobs);

    public long Import(JobImport import) => inner.Import(import);

    public long ReadPosition(string source) => inner.ReadPosition(source);

    public JobOwnership RenewOwner(string node) => inner.RenewOwner(node);

    public void ResignOwner(string node) => inner.ResignOwner(node);

    public virtual JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims) =>
        inner.Advance(node, ends, claims);

    public virtual StoredJob? Find(Guid id) => inner.Find(id);

    public IReadOnlyList<StoredJob> ListDead(string? queue, int max) => inner.ListDead(queue, max);

    public bool Cancel(Guid id) => inner.Cancel(id);

    public bool Redrive(Guid id) => inner.Redrive(id);

    public bool Discard(Guid id) => inner.Discard(id);

    public IReadOnlyList<JobStoreCounts> ReadCounts() => inner.ReadCounts();

    public int Purge(string queue, TimeSpan retention, int max) => inner.Purge(queue, retention, max);

    public IReadOnlyList<string> ReadKeys() => inner.ReadKeys();

    public void AddKey(string document) => inner.AddKey(document);

    public void Listen(Action onJobs, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose() => inner.Dispose();
}

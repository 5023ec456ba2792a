using QueueAdmission.PostgreSql;

namespace QueueAdmission.Stores.PostgreSql;

/// <summary>
/// A store that rotates its partitions before each call, and thus much more often than a store in production.
/// </summary>
internal sealed class RotatingJobStore(PostgreSqlJobStore store) : IJobStore
{
    public static readonly JobPartitions Partitions = new() { FullSize = 1, OldAfter = TimeSpan.Zero };

    public string Name => store.Name;

    public TimeSpan RenewalInterval => store.RenewalInterval;

    public bool HasSignals => store.HasSignals;

    private PostgreSqlJobStore Rotated
    {
        get
        {
            store.RotateNow();
            return store;
        }
    }

    public void Open() => store.Open();

    public IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs) => Rotated.Accept(jobs);

    public long Import(JobImport import) => Rotated.Import(import);

    public long ReadPosition(string source) => Rotated.ReadPosition(source);

    public JobOwnership RenewOwner(string node) => Rotated.RenewOwner(node);

    public void ResignOwner(string node) => Rotated.ResignOwner(node);

    public JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims) =>
        Rotated.Advance(node, ends, claims);

    public StoredJob? Find(Guid id) => Rotated.Find(id);

    public IReadOnlyList<StoredJob> ListDead(string? queue, int max) => Rotated.ListDead(queue, max);

    public bool Cancel(Guid id) => Rotated.Cancel(id);

    public bool Redrive(Guid id) => Rotated.Redrive(id);

    public bool Discard(Guid id) => Rotated.Discard(id);

    public IReadOnlyList<JobStoreCounts> ReadCounts() => Rotated.ReadCounts();

    public int Purge(string queue, TimeSpan retention, int max) => Rotated.Purge(queue, retention, max);

    public IReadOnlyList<string> ReadKeys() => store.ReadKeys();

    public void AddKey(string document) => store.AddKey(document);

    public void Listen(Action onJobs, CancellationToken cancellationToken) => store.Listen(onJobs, cancellationToken);

    public void Dispose() => store.Dispose();
}

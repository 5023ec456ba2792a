namespace QueueAdmission.Stores.Contract;

/// <summary>A store that works correctly except for the calls that a test replaces.</summary>
internal sealed class MutantJobStore(IJobStore right) : IJobStore
{
    public delegate IReadOnlyList<JobAcceptance> AcceptCall(IJobStore right, IReadOnlyList<AcceptedJob> jobs);

    public delegate JobAdvance AdvanceCall(
        IJobStore right, string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims);

    public Action<IJobStore> OnOpen { get; init; } = right => right.Open();

    public AcceptCall OnAccept { get; init; } = (right, jobs) => right.Accept(jobs);

    public Func<IJobStore, JobImport, long> OnImport { get; init; } = (right, import) => right.Import(import);

    public Func<IJobStore, string, JobOwnership> OnRenew { get; init; } = (right, node) => right.RenewOwner(node);

    public Action<IJobStore, string> OnResign { get; init; } = (right, node) => right.ResignOwner(node);

    public AdvanceCall OnAdvance { get; init; } = (right, node, ends, claims) => right.Advance(node, ends, claims);

    public Func<IJobStore, Guid, StoredJob?> OnFind { get; init; } = (right, id) => right.Find(id);

    public Func<IJobStore, string?, int, IReadOnlyList<StoredJob>> OnListDead { get; init; } =
        (right, queue, max) => right.ListDead(queue, max);

    public Func<IJobStore, Guid, bool> OnCancel { get; init; } = (right, id) => right.Cancel(id);

    public Func<IJobStore, Guid, bool> OnRedrive { get; init; } = (right, id) => right.Redrive(id);

    public Func<IJobStore, Guid, bool> OnDiscard { get; init; } = (right, id) => right.Discard(id);

    public Func<IJobStore, string, TimeSpan, int, int> OnPurge { get; init; } =
        (right, queue, retention, max) => right.Purge(queue, retention, max);

    public Func<IJobStore, IReadOnlyList<string>> OnReadKeys { get; init; } = right => right.ReadKeys();

    public Action<IJobStore> OnDispose { get; init; } = right => right.Dispose();

    public bool HasSignals { get; init; } = true;

    public string Name => right.Name;

    public TimeSpan RenewalInterval => right.RenewalInterval;

    public void Open() => OnOpen(right);

    public IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs) => OnAccept(right, jobs);

    public long Import(JobImport import) => OnImport(right, import);

    public long ReadPosition(string source) => right.ReadPosition(source);

    public JobOwnership RenewOwner(string node) => OnRenew(right, node);

    public void ResignOwner(string node) => OnResign(right, node);

    public JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims) =>
        OnAdvance(right, node, ends, claims);

    public StoredJob? Find(Guid id) => OnFind(right, id);

    public IReadOnlyList<StoredJob> ListDead(string? queue, int max) => OnListDead(right, queue, max);

    public bool Cancel(Guid id) => OnCancel(right, id);

    public bool Redrive(Guid id) => OnRedrive(right, id);

    public bool Discard(Guid id) => OnDiscard(right, id);

    public IReadOnlyList<JobStoreCounts> ReadCounts() => right.ReadCounts();

    public int Purge(string queue, TimeSpan retention, int max) => OnPurge(right, queue, retention, max);

    public IReadOnlyList<string> ReadKeys() => OnReadKeys(right);

    public void AddKey(string document) => right.AddKey(document);

    public void Listen(Action onJobs, CancellationToken cancellationToken) => right.Listen(onJobs, cancellationToken);

    public void Dispose() => OnDispose(right);
}

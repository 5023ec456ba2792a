using System.Collections.Concurrent;

namespace QueueAdmission.Deferred.Doubles;

/// <summary>A store that records how many ends each call has written, and how many jobs each call has purged.</summary>
internal sealed class StoreSpy(IJobStore inner) : IJobStore
{
    /// <summary>The calls, in order.</summary>
    public ConcurrentQueue<(int Ends, int Purged)> Calls { get; } = [];

    public string Name => inner.Name;

    public TimeSpan RenewalInterval => inner.RenewalInterval;

    public bool HasSignals => false;

    public void Open() => inner.Open();

    public IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs) => inner.Accept(jobs);

    public long Import(JobImport import) => inner.Import(import);

    public long ReadPosition(string source) => inner.ReadPosition(source);

    public JobOwnership RenewOwner(string node) => inner.RenewOwner(node);

    public void ResignOwner(string node) => inner.ResignOwner(node);

    public JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims)
    {
        Calls.Enqueue((ends.Count, 0));
        return inner.Advance(node, ends, claims);
    }

    public StoredJob? Find(Guid id) => inner.Find(id);

    public IReadOnlyList<StoredJob> ListDead(string? queue, int max) => inner.ListDead(queue, max);

    public bool Cancel(Guid id) => inner.Cancel(id);

    public bool Redrive(Guid id) => inner.Redrive(id);

    public bool Discard(Guid id) => inner.Discard(id);

    public IReadOnlyList<JobStoreCounts> ReadCounts() => inner.ReadCounts();

    public int Purge(string queue, TimeSpan retention, int max)
    {
        var purged = inner.Purge(queue, retention, max);
        Calls.Enqueue((0, purged));
        return purged;
    }

    public IReadOnlyList<string> ReadKeys() => inner.ReadKeys();

    public void AddKey(string document) => inner.AddKey(document);

    public void Listen(Action onJobs, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose() => inner.Dispose();
}

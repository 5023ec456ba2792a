namespace QueueAdmission.Testing;

/// <summary>One process's connection to an <see cref="InMemoryJobStore"/>.</summary>
internal sealed class InMemoryJobStoreConnection(InMemoryJobStore server) : IJobStore
{
    private volatile bool _isDisposed;

    public string Name => "memory";

    public TimeSpan RenewalInterval => TimeSpan.FromMilliseconds(250);

    public bool HasSignals => true;

    private InMemoryJobStore Server
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return server;
        }
    }

    public void Open() => Server.Run(_ => true);

    public IReadOnlyList<JobAcceptance> Accept(IReadOnlyList<AcceptedJob> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return Server.RunAndSignal(all => all.Accept(jobs));
    }

    public long Import(JobImport import)
    {
        ArgumentNullException.ThrowIfNull(import);
        return Server.RunAndSignal(all => all.Import(import));
    }

    public long ReadPosition(string source)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        return Server.Run(all => all.ReadPosition(source));
    }

    public JobOwnership RenewOwner(string node)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        return Server.RenewOwner(this, node);
    }

    public void ResignOwner(string node)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        Server.ResignOwner(this, node);
    }

    public JobAdvance Advance(string node, IReadOnlyList<JobEnd> ends, IReadOnlyList<JobClaim> claims)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        ArgumentNullException.ThrowIfNull(ends);
        ArgumentNullException.ThrowIfNull(claims);
        return Server.Advance(this, node, ends, claims);
    }

    public StoredJob? Find(Guid id) => Server.Run(all => all.Find(id));

    public IReadOnlyList<StoredJob> ListDead(string? queue, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return Server.Run(all => all.ListDead(queue, max));
    }

    public bool Cancel(Guid id) => Server.Run(all => all.Cancel(id));

    public bool Redrive(Guid id) => Server.RunAndSignal(all => all.Redrive(id));

    public bool Discard(Guid id) => Server.Run(all => all.Discard(id));

    public IReadOnlyList<JobStoreCounts> ReadCounts() => Server.Run(all => all.ReadCounts());

    public int Purge(string queue, TimeSpan retention, int max)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        return Server.Run(all => all.Purge(queue, retention, max));
    }

    public IReadOnlyList<string> ReadKeys() => Server.ReadKeys();

    public void AddKey(string document)
    {
        ArgumentNullException.ThrowIfNull(document);
        Server.AddKey(document);
    }

    public void Listen(Action onJobs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(onJobs);
        using var listener = new InMemoryJobListener();
        Server.Add(listener);
        try
        {
            listener.Run(onJobs, cancellationToken);
        }
        finally
        {
            server.Remove(listener);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        server.Close(this);
    }
}

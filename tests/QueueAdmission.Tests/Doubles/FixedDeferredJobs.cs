namespace QueueAdmission.Doubles;

/// <summary>Deferred jobs that a test has set.</summary>
internal sealed class FixedDeferredJobs : IDeferredJobs
{
    public static readonly DateTimeOffset Posted = new(2026, 11, 27, 3, 0, 0, TimeSpan.Zero);

    public DeferredJobsOutage? Outage { get; set; }

    public List<DeferredQueue> Queues { get; } = [];

    public List<StoredJob> Letters { get; } = [];

    /// <summary>The jobs that were re-driven or discarded.</summary>
    public List<(string What, Guid Id)> Changes { get; } = [];

    /// <summary>The exception that all calls of the store throw.</summary>
    public JobStoreException? Away { get; set; }

    public static DeferredQueue Queue(string name = "line", long waiting = 3, long dead = 1) => new()
    {
        Queue = name,
        Accepted = waiting + 2 + 40 + dead + 1 + 5,
        Waiting = waiting,
        Running = 2,
        Done = 40,
        Dead = dead,
        Cancelled = 1,
        Discarded = 5,
        OldestWaiting = waiting > 0 ? Posted : null,
        RatePerSecond = 12.34,
    };

    public StoredJob AddLetter(
        string reason = "InvalidOperationException: no row for bob@example.com", string route = "POST /posts")
    {
        var letter = new StoredJob
        {
            Id = Guid.CreateVersion7(),
            Queue = "line",
            Route = route,
            State = StoredJobState.Dead,
            AcceptedAt = Posted,
            Attempts = 5,
            Payload = "the body"u8.ToArray(),
            Result = "the result"u8.ToArray(),
            Reason = reason,
            EndedAt = Posted.AddMinutes(7),
        };
        lock (Letters)
        {
            Letters.Add(letter);
        }
        return letter;
    }

    public IReadOnlyList<DeferredQueue> GetQueues() => [.. Queues];

    public Task<IReadOnlyList<DeferredQueue>> ReadQueuesAsync() => Task.FromResult(GetQueues());

    public Task<IReadOnlyList<StoredJob>> ListDeadAsync(string? queue = null, int max = 100)
    {
        if (Away is not null)
        {
            return Task.FromException<IReadOnlyList<StoredJob>>(Away);
        }
        lock (Letters)
        {
            return Task.FromResult<IReadOnlyList<StoredJob>>(
                [.. Letters.Where(letter => queue is null || letter.Queue == queue).Take(max)]);
        }
    }

    public Task<bool> RedriveAsync(Guid id) => ChangeAsync("redrive", id);

    public Task<bool> DiscardAsync(Guid id) => ChangeAsync("discard", id);

    public Task RunAllAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    private Task<bool> ChangeAsync(string what, Guid id)
    {
        if (Away is not null)
        {
            return Task.FromException<bool>(Away);
        }
        lock (Letters)
        {
            var found = Letters.RemoveAll(letter => letter.Id == id) > 0;
            if (found)
            {
                Changes.Add((what, id));
            }
            return Task.FromResult(found);
        }
    }
}

namespace QueueAdmission.Testing;

/// <summary>A job of an <see cref="InMemoryJobStore"/>.</summary>
internal sealed class InMemoryJob(AcceptedJob accepted)
{
    public Guid Id { get; } = accepted.Id;

    public string Queue { get; } = accepted.Queue;

    public string Route { get; } = accepted.Route;

    public DateTimeOffset AcceptedAt { get; } = accepted.AcceptedAt;

    public JobPriority Priority { get; } = accepted.Priority;

    public int Weight { get; } = accepted.Weight;

    public string? SequenceKey { get; } = TextOf(accepted.SequenceKey);

    public string? IdempotencyKey { get; init; } = TextOf(accepted.IdempotencyKey);

    public string? Fingerprint { get; } = TextOf(accepted.Fingerprint);

    /// <summary>The ids of imported duplicates, which lead to this job.</summary>
    public List<Guid> Aliases { get; } = [];

    public byte[]? Payload { get; set; } = [.. accepted.Payload];

    public byte[]? Result { get; set; }

    public StoredJobState State { get; set; }

    /// <summary>The place in the order of acceptance. It changes only when the job is re-driven.</summary>
    public long Order { get; set; }

    public int Attempts { get; set; }

    /// <summary>The number of times that the job has been claimed. It identifies the current claim.</summary>
    public long Claims { get; set; }

    /// <summary>When a waiting job is due, by the monotonic clock of the store.</summary>
    public TimeSpan Due { get; set; }

    public string? Reason { get; set; }

    /// <summary>When the job ended, by the monotonic clock of the store.</summary>
    public TimeSpan Ended { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public bool IsActive => State is StoredJobState.Waiting or StoredJobState.Running;

    public static string? TextOf(byte[]? key) => key is null ? null : Convert.ToHexString(key);
}

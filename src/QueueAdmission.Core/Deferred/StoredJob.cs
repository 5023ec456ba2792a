namespace QueueAdmission;

/// <summary>A job as a store knows it.</summary>
public sealed class StoredJob
{
    /// <summary>The job.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name of its queue.</summary>
    public required string Queue { get; init; }

    /// <summary><see cref="AcceptedJob.Route"/>.</summary>
    public required string Route { get; init; }

    /// <summary>What became of the job.</summary>
    public required StoredJobState State { get; init; }

    /// <summary><see cref="AcceptedJob.AcceptedAt"/>.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>How many attempts were counted since the job was accepted or re-driven.</summary>
    public required int Attempts { get; init; }

    /// <summary>
    /// <see cref="AcceptedJob.Payload"/>. Null if it was not read, or if the job ended and it was removed.
    /// </summary>
    public byte[]? Payload { get; init; }

    /// <summary>The result of a job that is done. Null if it was not read.</summary>
    public byte[]? Result { get; init; }

    /// <summary>Why the latest failed attempt failed; null if none has failed.</summary>
    public string? Reason { get; init; }

    /// <summary>When the job ended, by the clock of the store; null while it waits or runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>
    /// About how many jobs of the queue were accepted earlier and still wait. Exact up to 1,000 at least. Null if the
    /// job does not wait, or if it was not counted.
    /// </summary>
    public long? Ahead { get; init; }
}

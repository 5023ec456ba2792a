namespace QueueAdmission;

/// <summary>A job as it is recorded in a store.</summary>
public sealed class StoredJob
{
    /// <summary><see cref="AcceptedJob.Id"/>.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name of its queue.</summary>
    public required string Queue { get; init; }

    /// <summary><see cref="AcceptedJob.Route"/>.</summary>
    public required string Route { get; init; }

    /// <summary>The state of the job.</summary>
    public required StoredJobState State { get; init; }

    /// <summary><see cref="AcceptedJob.AcceptedAt"/>.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The number of counted attempts since the job was accepted or last redriven.</summary>
    public required int Attempts { get; init; }

    /// <summary>
    /// <see cref="AcceptedJob.Payload"/>. Null if it was not read, or if it was removed when the job ended.
    /// </summary>
    public byte[]? Payload { get; init; }

    /// <summary>The result of a job that is done. Null for other jobs, or if it was not read.</summary>
    public byte[]? Result { get; init; }

    /// <summary>The reason for the last failed attempt. Null if no attempt has failed.</summary>
    public string? Reason { get; init; }

    /// <summary>The time at which the job ended, on the clock of the store. Null while the job waits or runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>
    /// The approximate number of jobs of the queue that were accepted earlier and still wait. At least up to 1,000, the
    /// number is exact. Null if the job does not wait, or if the number was not determined.
    /// </summary>
    public long? Ahead { get; init; }
}

namespace QueueAdmission;

/// <summary>A job as it is given to a store when it is accepted.</summary>
public sealed class AcceptedJob
{
    /// <summary>The identity of the job. It is never used again.</summary>
    /// <remarks>
    /// Stores are faster with identities that grow with time, as <see cref="Guid.CreateVersion7()"/> makes them.
    /// </remarks>
    public required Guid Id { get; init; }

    /// <summary>The name of the queue.</summary>
    public required string Queue { get; init; }

    /// <summary>What runs the job, in words for operators. For example <c>POST /posts</c>.</summary>
    public required string Route { get; init; }

    /// <summary>The job. Only its author reads it.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>When the job was accepted, by the clock of the accepting node. It is only shown.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>
    /// The largest number of jobs of the queue that wait or run. A further job is
    /// <see cref="JobAcceptanceStatus.QueueFull"/>, unless it is a duplicate.
    /// </summary>
    public required long MaxWaiting { get; init; }

    /// <summary>Jobs of one queue with the same key run one after the other, as accepted. Null: any order.</summary>
    /// <remarks>At most 64 bytes. It is a hash, so the store holds no identity of a caller.</remarks>
    public byte[]? SequenceKey { get; init; }

    /// <summary>The priority. Jobs of a higher priority are claimed first.</summary>
    public JobPriority Priority { get; init; }

    /// <summary>The number of workers that the job takes. Default 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>
    /// A job with the same key in the same queue is the same job, for as long as the first one is kept. Null: every job
    /// is new.
    /// </summary>
    /// <remarks>At most 64 bytes, a hash.</remarks>
    public byte[]? IdempotencyKey { get; init; }

    /// <summary>Tells two jobs with the same <see cref="IdempotencyKey"/> apart. At most 64 bytes, a hash.</summary>
    public byte[]? Fingerprint { get; init; }
}

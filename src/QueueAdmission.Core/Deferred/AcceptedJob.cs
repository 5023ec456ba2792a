namespace QueueAdmission;

/// <summary>A job that is passed to a store to be accepted.</summary>
public sealed class AcceptedJob
{
    /// <summary>The id of the job. Ids are never reused.</summary>
    /// <remarks>
    /// Stores are faster with ids that increase over time, such as those of <see cref="Guid.CreateVersion7()"/>.
    /// </remarks>
    public required Guid Id { get; init; }

    /// <summary>The name of the queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The endpoint that runs the job, for display to operators. For example <c>POST /posts</c>.</summary>
    public required string Route { get; init; }

    /// <summary>The content of the job. The store does not interpret it.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>
    /// The time at which the job was accepted, on the clock of the accepting node. It is used for display only.
    /// </summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>
    /// The maximum number of waiting and running jobs of the queue. A further job is refused with
    /// <see cref="JobAcceptanceStatus.QueueFull"/>, unless it is a duplicate.
    /// </summary>
    public required long MaxWaiting { get; init; }

    /// <summary>
    /// The key of a sequence. Jobs of one queue with the same key run one at a time, in the order of acceptance. Null
    /// if the job belongs to no sequence.
    /// </summary>
    /// <remarks>At most 64 bytes. The key is a hash, so that the store contains no identity of a caller.</remarks>
    public byte[]? SequenceKey { get; init; }

    /// <summary>The priority. Jobs of a higher priority are claimed first.</summary>
    public JobPriority Priority { get; init; }

    /// <summary>The number of workers that the job occupies. Default 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>
    /// The key by which repetitions of a job are recognised. A further job with the same key in the same queue is not
    /// stored while the first one is kept. Null if the job is always new.
    /// </summary>
    /// <remarks>A hash of at most 64 bytes.</remarks>
    public byte[]? IdempotencyKey { get; init; }

    /// <summary>
    /// A hash of the job's content, of at most 64 bytes. It shows whether two jobs with the same
    /// <see cref="IdempotencyKey"/> are the same job.
    /// </summary>
    public byte[]? Fingerprint { get; init; }
}

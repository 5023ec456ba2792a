namespace QueueAdmission;

/// <summary>
/// What a queue has learned about how long its clients wait: see <see cref="JobQueueOptions.AdaptiveMaxWait"/>.
/// </summary>
public sealed class ClientPatience
{
    /// <summary>How the queue uses what it has learned.</summary>
    public required PatienceState State { get; init; }

    /// <summary>
    /// The age at which one of ten of the clients had left whose jobs were wasted; the least of the keys in a queue
    /// with <see cref="JobQueueOptions.PartitionByKey"/>. Null while no job was wasted.
    /// </summary>
    public TimeSpan? Learned { get; init; }

    /// <summary>
    /// A newcomer with a longer expected wait is refused with <see cref="RejectionReason.ExpectedWaitTooLong"/>; the
    /// least of the keys. Null unless the state is <see cref="PatienceState.Acting"/>.
    /// </summary>
    public TimeSpan? MaxExpectedWait { get; init; }

    /// <summary>
    /// Jobs that ran although their client left, among those that had waited; since the queue was made.
    /// </summary>
    public required long Wasted { get; init; }
}

/// <summary>What a queue does with the patience of its clients.</summary>
public enum PatienceState
{
    /// <summary>
    /// No client was ever seen leaving. Where a proxy keeps its connections, no client ever is: then
    /// <see cref="JobQueueOptions.MaxWait"/> has to say how long clients wait.
    /// </summary>
    NeverSeenLeaving = 0,

    /// <summary>Clients were seen leaving, and little work is wasted. No request is refused because of it.</summary>
    Learning = 1,

    /// <summary>Requests are refused at arrival if their clients would probably leave before they start.</summary>
    Acting = 2,
}

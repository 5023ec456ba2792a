namespace QueueAdmission;

/// <summary>
/// What a queue has learned about how long its clients wait: see <see cref="JobQueueOptions.AdaptiveMaxWait"/>.
/// </summary>
public sealed class ClientPatience
{
    /// <summary>How the queue uses what it has learned.</summary>
    public required PatienceState State { get; init; }

    /// <summary>
    /// The learned time for which clients wait: the age of the request by which a tenth of the clients whose jobs were
    /// wasted had left. With <see cref="JobQueueOptions.PartitionByKey"/>, the shortest of these times over all keys
    /// and the queue as a whole. Null if nothing has been learned yet.
    /// </summary>
    public TimeSpan? Learned { get; init; }

    /// <summary>
    /// The limit on the expected wait. A newcomer with a longer expected wait is refused with
    /// <see cref="RejectionReason.ExpectedWaitTooLong"/>. With <see cref="JobQueueOptions.PartitionByKey"/>, the
    /// smallest limit over all keys and the queue as a whole. Null unless the state is
    /// <see cref="PatienceState.Acting"/>.
    /// </summary>
    public TimeSpan? MaxExpectedWait { get; init; }

    /// <summary>
    /// The number of wasted jobs since the queue was created. A job is wasted if it has waited, and its client left
    /// while the job ran.
    /// </summary>
    public required long Wasted { get; init; }
}

/// <summary>How a queue uses what it has learned about how long its clients wait.</summary>
public enum PatienceState
{
    /// <summary>
    /// The queue has not seen a client leave. If a proxy keeps its connections open, the queue can never see it. Then
    /// set <see cref="JobQueueOptions.MaxWait"/> to the time for which clients wait.
    /// </summary>
    NeverSeenLeaving = 0,

    /// <summary>Clients have left, but little work is wasted. No request is refused for this reason.</summary>
    Learning = 1,

    /// <summary>A request is refused at arrival if its client would probably leave before the request starts.</summary>
    Acting = 2,
}

namespace QueueAdmission;

/// <summary>What <see cref="IJobStore.Advance"/> did.</summary>
public sealed class JobAdvance
{
    /// <summary>For each end, in the same order, whether it counted.</summary>
    public required IReadOnlyList<bool> Ends { get; init; }

    /// <summary>The jobs that the node has now, in the order in which they should start.</summary>
    public required IReadOnlyList<ClaimedJob> Jobs { get; init; }

    /// <summary>
    /// When the next waiting job of the claimed queues is due, counted from now. Null if no job waits for its time.
    /// </summary>
    public TimeSpan? NextDue { get; init; }
}

namespace QueueAdmission;

/// <summary>The result of <see cref="IJobStore.Advance"/>.</summary>
public sealed class JobAdvance
{
    /// <summary>Whether each end counted, in the order of the ends that were passed.</summary>
    public required IReadOnlyList<bool> Ends { get; init; }

    /// <summary>The jobs claimed by this call, in the order in which they should start.</summary>
    public required IReadOnlyList<ClaimedJob> Jobs { get; init; }

    /// <summary>
    /// The time from now until the next waiting job of the claimed queues is due. Null if no job waits for its due
    /// time.
    /// </summary>
    public TimeSpan? NextDue { get; init; }
}

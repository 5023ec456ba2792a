namespace QueueAdmission;

/// <summary>
/// The counts of a queue in a store. <see cref="Accepted"/> is the sum of the other six numbers.
/// </summary>
public sealed class JobStoreCounts
{
    /// <summary>The name of the queue.</summary>
    public required string Queue { get; init; }

    /// <summary>All jobs that were ever accepted.</summary>
    public required long Accepted { get; init; }

    /// <summary>Jobs that wait now.</summary>
    public required long Waiting { get; init; }

    /// <summary>Jobs that run now.</summary>
    public required long Running { get; init; }

    /// <summary>All jobs that were ever done.</summary>
    public required long Done { get; init; }

    /// <summary>Dead letters that exist now.</summary>
    public required long Dead { get; init; }

    /// <summary>All jobs that were ever cancelled.</summary>
    public required long Cancelled { get; init; }

    /// <summary>All dead letters that were ever discarded.</summary>
    public required long Discarded { get; init; }

    /// <summary>
    /// When the first of the waiting jobs was accepted (<see cref="AcceptedJob.AcceptedAt"/>); null if none waits. Jobs
    /// that were re-driven are behind the others, however old they are.
    /// </summary>
    public DateTimeOffset? OldestWaiting { get; init; }
}

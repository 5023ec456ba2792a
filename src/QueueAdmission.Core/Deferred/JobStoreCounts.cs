namespace QueueAdmission;

/// <summary>The counts of one queue in a store. <see cref="Accepted"/> is the sum of the other six counts.</summary>
public sealed class JobStoreCounts
{
    /// <summary>The name of the queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The number of all jobs ever accepted.</summary>
    public required long Accepted { get; init; }

    /// <summary>The number of jobs that wait now.</summary>
    public required long Waiting { get; init; }

    /// <summary>The number of jobs that run now.</summary>
    public required long Running { get; init; }

    /// <summary>The number of all jobs ever done.</summary>
    public required long Done { get; init; }

    /// <summary>The number of dead letters that exist now. A dead letter is a job that failed for good.</summary>
    public required long Dead { get; init; }

    /// <summary>The number of all jobs ever cancelled.</summary>
    public required long Cancelled { get; init; }

    /// <summary>The number of all dead letters ever discarded.</summary>
    public required long Discarded { get; init; }

    /// <summary>
    /// The time at which the first job in line was accepted (<see cref="AcceptedJob.AcceptedAt"/>). Null if no job
    /// waits. Redriven jobs are at the end of the line, whatever their age.
    /// </summary>
    public DateTimeOffset? OldestWaiting { get; init; }
}

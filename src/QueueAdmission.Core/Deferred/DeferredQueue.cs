namespace QueueAdmission;

/// <summary>The counts of the deferred jobs of one queue, as a node last read them from the store.</summary>
public sealed class DeferredQueue
{
    /// <summary>The name of the queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The number of all jobs ever accepted. It is the sum of the next six counts.</summary>
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

    /// <summary>The time at which the oldest waiting job was accepted. Null if no job waits.</summary>
    public DateTimeOffset? OldestWaiting { get; init; }

    /// <summary>The number of jobs that end per second, over all nodes. Null if it has not been measured yet.</summary>
    public double? RatePerSecond { get; init; }
}

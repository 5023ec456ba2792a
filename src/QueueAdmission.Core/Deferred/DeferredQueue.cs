namespace QueueAdmission;

/// <summary>The deferred jobs of one queue, as a node saw them.</summary>
public sealed class DeferredQueue
{
    /// <summary>The name of the queue.</summary>
    public required string Queue { get; init; }

    /// <summary>All jobs that were ever accepted. It is the sum of the six numbers below.</summary>
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

    /// <summary>When the oldest job that waits was accepted; null if none waits.</summary>
    public DateTimeOffset? OldestWaiting { get; init; }

    /// <summary>How many jobs end in a second, over all nodes; null while it is not known.</summary>
    public double? RatePerSecond { get; init; }
}

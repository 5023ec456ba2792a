namespace QueueAdmission;

/// <summary>
/// The figures of a queue that are read often. They form a consistent snapshot like <see cref="JobQueueSnapshot"/>, but
/// reading them allocates nothing.
/// </summary>
internal readonly struct QueueFigures
{
    public required JobQueueState State { get; init; }

    public required int Workers { get; init; }

    public required int Running { get; init; }

    /// <summary>
    /// The workers that running jobs hold. At least <see cref="Running"/>, because a job may hold several.
    /// </summary>
    public required int WorkersInUse { get; init; }

    /// <summary>The places in all partitions together.</summary>
    public required int Places { get; init; }

    public required int Waiting { get; init; }

    /// <summary>
    /// The <see cref="JobQueueOptions.MaxWait"/> in force. May be <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public required TimeSpan MaxWait { get; init; }

    /// <summary>The time for which the oldest waiter has waited; zero if no job waits.</summary>
    public required TimeSpan LongestWait { get; init; }

    /// <summary>The time for which jobs have waited without any job starting or ending; zero if no job waits.</summary>
    public required TimeSpan Standstill { get; init; }

    public required long Ran { get; init; }

    public required long Rejected { get; init; }

    public required long Abandoned { get; init; }

    /// <summary>Whether a job that arrives now would find neither a worker nor a place.</summary>
    public bool IsFull => WorkersInUse >= Workers && Waiting >= Places;
}

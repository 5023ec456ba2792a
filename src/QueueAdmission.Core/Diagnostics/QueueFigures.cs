namespace QueueAdmission;

/// <summary>
/// The figures of a queue that are read often: a consistent cut like <see cref="JobQueueSnapshot"/>, without allocation
/// and without the long parts.
/// </summary>
internal readonly struct QueueFigures
{
    public required JobQueueState State { get; init; }

    public required int Workers { get; init; }

    public required int Running { get; init; }

    /// <summary>At least <see cref="Running"/>: a job may hold several.</summary>
    public required int WorkersInUse { get; init; }

    /// <summary>Places in all partitions together.</summary>
    public required int Places { get; init; }

    public required int Waiting { get; init; }

    /// <summary>
    /// <see cref="JobQueueOptions.MaxWait"/>, in force; may be <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public required TimeSpan MaxWait { get; init; }

    /// <summary>How long the oldest waiter has waited; zero if no job waits.</summary>
    public required TimeSpan LongestWait { get; init; }

    /// <summary>
    /// How long jobs have waited without any job that ended or began; zero if no job waits.
    /// </summary>
    public required TimeSpan Standstill { get; init; }

    public required long Ran { get; init; }

    public required long Rejected { get; init; }

    public required long Abandoned { get; init; }

    /// <summary>Whether a job that came now would find no worker and no place.</summary>
    public bool IsFull => WorkersInUse >= Workers && Waiting >= Places;
}

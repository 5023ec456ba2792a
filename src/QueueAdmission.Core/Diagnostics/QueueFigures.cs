namespace QueueAdmission;

/// <summary>
/// What is asked again and again about a queue: one consistent cut like <see cref="JobQueueSnapshot"/>, but without an
/// allocation and without the parts that are long.
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

    /// <summary>How long the oldest waiter has waited; zero when nobody waits.</summary>
    public required TimeSpan LongestWait { get; init; }

    /// <summary>
    /// For how long somebody has been waiting while no job ended and none began; zero when nobody waits.
    /// </summary>
    public required TimeSpan Standstill { get; init; }

    public required long Ran { get; init; }

    public required long Rejected { get; init; }

    public required long Abandoned { get; init; }

    /// <summary>Whether a job that came now would find no worker and no place.</summary>
    public bool IsFull => WorkersInUse >= Workers && Waiting >= Places;
}

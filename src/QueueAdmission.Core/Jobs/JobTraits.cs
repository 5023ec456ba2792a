namespace QueueAdmission;

/// <summary>
/// What a queue knows about a job that enters it. The default is a job without a key, of normal priority, that takes
/// one worker and has no deadline.
/// </summary>
public readonly struct JobTraits
{
    internal const int MaxKeyShare = 1_000;

    private readonly JobPriority _priority;
    private readonly int _furtherWorkers;
    private readonly int _furtherShare;
    private readonly TimeSpan? _deadline;

    /// <summary>
    /// The owner of the job: a user, a tenant, an address. It is compared by its characters. Default null. All jobs
    /// without a key together count as one more key.
    /// </summary>
    /// <remarks>It matters where <see cref="JobQueueOptions.PartitionByKey"/> or
    /// <see cref="JobQueueOptions.MaxWorkersPerKey"/> is set.</remarks>
    public string? Key { get; init; }

    /// <summary>
    /// The part of the workers that the key gets beside other keys. A key with a share of 4 gets four times the time of
    /// a key with 1. The share of the key's last job counts for all of its jobs. Default 1; range 1 to 1,000.
    /// </summary>
    /// <remarks>It matters where <see cref="JobQueueOptions.PartitionByKey"/> is set.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above 1,000.</exception>
    public int KeyShare
    {
        get => _furtherShare + 1;
        init => _furtherShare = value is >= 1 and <= MaxKeyShare
            ? value - 1
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Not a share of a key; allowed: 1 to 1,000.");
    }

    /// <summary>How much the job matters beside others that wait. Default <see cref="JobPriority.Normal"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of <see cref="JobPriority"/>.</exception>
    public JobPriority Priority
    {
        get => _priority;
        init => _priority = value is >= JobPriority.Low and <= JobPriority.Critical
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, "Not a priority; allowed: Low, Normal, High, Critical.");
    }

    /// <summary>
    /// How many workers the job takes. Default 1; range 1 to the smaller of <see cref="JobQueueOptions.Workers"/> and
    /// <see cref="JobQueueOptions.MaxWorkersPerKey"/> in force. With more, entering throws an
    /// <see cref="ArgumentOutOfRangeException"/>.
    /// </summary>
    /// <remarks>
    /// While the job has its turn, free workers are saved until there are enough: no lighter job overtakes it. If the
    /// workers are lowered below the weight while the job waits, the job takes all there are.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Weight
    {
        get => _furtherWorkers + 1;
        init => _furtherWorkers = value >= 1
            ? value - 1
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A job takes at least 1 worker.");
    }

    /// <summary>
    /// The time left for starting the job, counted from its arrival. Default null: no limit but
    /// <see cref="JobQueueOptions.MaxWait"/>, which a longer deadline does not extend. With zero or less the job is
    /// refused, even if a worker is free. <see cref="Timeout.InfiniteTimeSpan"/> is the same as null.
    /// </summary>
    public TimeSpan? Deadline
    {
        get => _deadline;
        // The framework writes an infinite time as −1 ms. As time left, that would be over.
        init => _deadline = value == Timeout.InfiniteTimeSpan ? null : value;
    }

    /// <summary>A mark for lists of waiting jobs. The engine only carries it.</summary>
    internal object? Tag { get; init; }

    /// <summary>
    /// The state that a waiter keeps of the job. It is a <see cref="JobRecord"/>, or only the <see cref="Tag"/> if no
    /// trait has an effect in any queue.
    /// </summary>
    internal object? JobState => IsPlain ? Tag : new JobRecord(this);

    /// <exception cref="ArgumentOutOfRangeException">
    /// The weight is more than the job could ever get in this queue.
    /// </exception>
    internal void ThrowIfTooHeavy(JobQueue queue)
    {
        if (Weight == 1)
            return;
        if (Weight > queue.Engine.MaxWeight)
            throw TooHeavy(queue, nameof(JobQueueOptions.Workers), queue.Engine.MaxWeight);
        if (queue.Settings.MaxWorkersPerKey is { } max && Weight > max)
            throw TooHeavy(queue, nameof(JobQueueOptions.MaxWorkersPerKey), max);
    }

    private ArgumentOutOfRangeException TooHeavy(JobQueue queue, string setting, int max) =>
        new(
            "traits",
            Weight,
            $"A job's Weight may not be above the {setting} of its queue; queue '{queue.Name}' has {max}.");

    private bool IsPlain => Key is null && _priority == JobPriority.Normal && _furtherWorkers == 0 && Deadline is null;
}

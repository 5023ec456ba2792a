namespace QueueAdmission;

/// <summary>
/// The properties of a job that enters a queue. The default is a job without a key and without a deadline, of normal
/// priority, that takes one worker.
/// </summary>
public readonly struct JobTraits
{
    internal const int MaxKeyShare = 1_000;

    private readonly JobPriority _priority;
    private readonly int _furtherWorkers;
    private readonly int _furtherShare;
    private readonly TimeSpan? _deadline;

    /// <summary>
    /// The owner of the job, for example a user, a tenant or an address. Keys are compared ordinally. Default null. All
    /// jobs without a key share one additional key.
    /// </summary>
    /// <remarks>
    /// Has an effect only if <see cref="JobQueueOptions.PartitionByKey"/> or
    /// <see cref="JobQueueOptions.MaxWorkersPerKey"/> is set.
    /// </remarks>
    public string? Key { get; init; }

    /// <summary>
    /// The share of the workers that the key gets, relative to other keys. A key with a share of 4 gets four times the
    /// working time of a key with a share of 1. The share of the key's most recent job applies to all of its jobs.
    /// Default 1; range 1 to 1,000.
    /// </summary>
    /// <remarks>
    /// Has an effect only if <see cref="JobQueueOptions.PartitionByKey"/> is set. A share in
    /// <see cref="JobQueueOptions.KeyShares"/> that names the key takes precedence.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above 1,000.</exception>
    public int KeyShare
    {
        get => _furtherShare + 1;
        init => _furtherShare = value is >= 1 and <= MaxKeyShare
            ? value - 1
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Not a share of a key; allowed: 1 to 1,000.");
    }

    /// <summary>The priority of the job among waiting jobs. Default <see cref="JobPriority.Normal"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a defined <see cref="JobPriority"/>.</exception>
    public JobPriority Priority
    {
        get => _priority;
        init => _priority = value is >= JobPriority.Low and <= JobPriority.Critical
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), value, "Not a priority; allowed: Low, Normal, High, Critical.");
    }

    /// <summary>
    /// The number of workers that the job takes. Default 1. The maximum is <see cref="JobQueueOptions.Workers"/> of the
    /// queue, or <see cref="JobQueueOptions.MaxWorkersPerKey"/> if that is smaller. A heavier job cannot enter: the
    /// call throws an <see cref="ArgumentOutOfRangeException"/>.
    /// </summary>
    /// <remarks>
    /// <para>With <see cref="JobQueueOptions.AdaptiveWorkers"/>, <see cref="JobQueueOptions.MaxWorkers"/> takes the
    /// place of <see cref="JobQueueOptions.Workers"/>. An operator's higher number raises the maximum.</para>
    /// <para>When the job has its turn, free workers are reserved for it until there are enough. No lighter job
    /// overtakes it. If the number of workers falls below the weight while the job waits, the job takes all
    /// workers.</para>
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
    /// The time within which the job must start, counted from its arrival. Default null: only
    /// <see cref="JobQueueOptions.MaxWait"/> limits the wait. A longer deadline does not extend that limit. With zero
    /// or less, the job is refused, even if a worker is free. <see cref="Timeout.InfiniteTimeSpan"/> is the same as
    /// null.
    /// </summary>
    public TimeSpan? Deadline
    {
        get => _deadline;
        // Timeout.InfiniteTimeSpan is −1 ms, which would otherwise count as an expired deadline.
        init => _deadline = value == Timeout.InfiniteTimeSpan ? null : value;
    }

    /// <summary>An object that is shown with the job in lists of waiting jobs. The engine does not use it.</summary>
    internal object? Tag { get; init; }

    /// <summary>
    /// The state that a waiter keeps for the job: a <see cref="JobRecord"/>, or only the <see cref="Tag"/> if all
    /// traits have their defaults.
    /// </summary>
    internal object? JobState => IsPlain ? Tag : new JobRecord(this);

    /// <exception cref="ArgumentOutOfRangeException">
    /// The weight exceeds the number of workers that the job could ever get in this queue.
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

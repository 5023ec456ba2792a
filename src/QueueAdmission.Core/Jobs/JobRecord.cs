namespace QueueAdmission;

/// <summary>
/// What the queue knows about a job beyond its place in line: its traits, and after its start the workers it holds.
/// </summary>
/// <remarks>
/// A job without traits has no record, unless the queue needs one for every job. The fields that change are guarded by
/// the queue's lock.
/// </remarks>
internal sealed class JobRecord(in JobTraits traits)
{
    public string? Key { get; } = traits.Key;

    public JobPriority Priority { get; } = traits.Priority;

    /// <summary>The workers it asks for.</summary>
    public int Weight { get; } = traits.Weight;

    /// <summary>The time left for its start, counted from its arrival.</summary>
    public TimeSpan? Deadline { get; } = traits.Deadline;

    public object? Tag { get; } = traits.Tag;

    /// <summary>
    /// Whether the job needs fair lines. Plain lines go by age alone, and give each job one worker.
    /// </summary>
    public bool NeedsOrder => Priority != JobPriority.Normal || Weight > 1;

    /// <summary>While it waits, the moment of its deadline on the queue's clock.</summary>
    public long DeadlineAt;

    /// <summary>Its place in the <see cref="DeadlineIndex"/>; -1 while it is in none.</summary>
    public int HeapIndex = -1;

    /// <summary>
    /// The workers it holds while it runs; 0 if it is treated like any other job that holds one worker.
    /// </summary>
    public int Workers;

    // What the fair lines keep of it.

    /// <summary>Its age among all jobs of the lines.</summary>
    public long Order;

    /// <summary>The partition in which it waits, or to which its running time is charged.</summary>
    public Partition? Partition;

    /// <summary>The account of its key, where the workers of each are limited.</summary>
    public KeyAccount? Account;

    /// <summary>The work it was charged when it started.</summary>
    public double Charged;

    /// <summary>When it started; below 0 before that.</summary>
    public long StartedAt = -1;
}

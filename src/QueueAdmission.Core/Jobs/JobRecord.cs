namespace QueueAdmission;

/// <summary>
/// A job of which the queue keeps more than its place in line: what it brought along, and from its start what it holds.
/// </summary>
/// <remarks>
/// A job that brings nothing into a queue that heeds nothing has none. What changes is guarded by the queue's lock.
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
    /// Whether plain lines, which go by age alone and give everyone one worker, would not do it justice.
    /// </summary>
    public bool NeedsOrder => Priority != JobPriority.Normal || Weight > 1;

    /// <summary>While it waits, the moment of its deadline on the queue's clock.</summary>
    public long DeadlineAt;

    /// <summary>Its place in the <see cref="DeadlineIndex"/>; -1 while it is in none.</summary>
    public int HeapIndex = -1;

    /// <summary>
    /// The workers it holds while it runs; 0 if it does not have to be told from any other job that holds one.
    /// </summary>
    public int Workers;

    // What the fair lines keep of it.

    /// <summary>Its age among all jobs of the lines.</summary>
    public long Order;

    /// <summary>The partition it waits in, or on whose account it runs.</summary>
    public Partition? Partition;

    /// <summary>The account of its key, where the workers of each are limited.</summary>
    public KeyAccount? Account;

    /// <summary>The work it was charged when it started.</summary>
    public double Charged;

    /// <summary>When it started; below 0 before that.</summary>
    public long StartedAt = -1;
}

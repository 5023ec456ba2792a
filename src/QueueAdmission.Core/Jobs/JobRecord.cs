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

    /// <summary>The share of its key.</summary>
    public int KeyShare { get; } = traits.KeyShare;

    public JobPriority Priority { get; } = traits.Priority;

    /// <summary>The workers it asks for.</summary>
    public int Weight { get; } = traits.Weight;

    /// <summary>The time left for its start, counted from its arrival.</summary>
    public TimeSpan? Deadline { get; } = traits.Deadline;

    public object? Tag { get; } = traits.Tag;

    /// <summary>Whether it is a background job, which no discipline knows.</summary>
    public bool IsBackground { get; init; }

    /// <summary>
    /// Whether the job needs fair lines. Plain lines consider only the age, and give each job one worker.
    /// </summary>
    public bool NeedsOrder => Priority != JobPriority.Normal || Weight > 1;

    /// <summary>While it waits, the moment of its deadline on the queue's clock.</summary>
    public long DeadlineAt;

    /// <summary>Its place in the <see cref="DeadlineIndex"/>; -1 while it is in none.</summary>
    public int HeapIndex = -1;

    /// <summary>The workers it holds while it runs; 0 if it holds one worker and has no other account.</summary>
    public int Workers;

    // What the fair lines keep of it.

    /// <summary>
    /// Its number in the order of arrival in fair lines; 0 if it waited before there were fair lines.
    /// </summary>
    public long Order;

    /// <summary>The partition in which it waits.</summary>
    public Partition? Partition;

    /// <summary>Its neighbours among the waiters of its class.</summary>
    public JobLinks InClass;

    /// <summary>Its neighbours among the waiters of its key and class.</summary>
    public JobLinks InKey;

    /// <summary>Whether it was set aside because of its key, so that it stands in no line.</summary>
    public bool IsParked;

    /// <summary>Whether it was put back into the middle of its line.</summary>
    public bool IsReturned;

    /// <summary>The account of its key, where the lines tell keys apart.</summary>
    public KeyAccount? Account;

    /// <summary>The workers that count against the limit of its key.</summary>
    public int CountedWorkers;

    /// <summary>The account to which its work is charged, where keys share the workers.</summary>
    public KeyFlow? Flow;

    /// <summary>The part of the flow's account in which it was charged: see <see cref="KeyFlow"/>.</summary>
    public int Activation;

    /// <summary>The number of idle moments of the flow before the job started.</summary>
    public int Epoch;

    /// <summary>The work that its flow was charged when it started.</summary>
    public double Charged;

    /// <summary>The work that its class was charged when it started.</summary>
    public double ChargedToClass;

    /// <summary>When it started.</summary>
    public long StartedAt;

    /// <summary>The lines that count it as running; null while it does not run.</summary>
    public Discipline? StartedIn;

    internal readonly struct ClassLinks : IJobLinks
    {
        public static ref JobLinks Of(JobRecord job) => ref job.InClass;
    }

    internal readonly struct KeyLinks : IJobLinks
    {
        public static ref JobLinks Of(JobRecord job) => ref job.InKey;
    }
}

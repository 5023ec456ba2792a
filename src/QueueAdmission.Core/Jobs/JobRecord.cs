namespace QueueAdmission;

/// <summary>
/// The data of a job that its place in line does not contain: its traits and, after its start, the workers that it
/// holds.
/// </summary>
/// <remarks>
/// A job without traits has no record, unless the queue keeps a record for every job. The mutable fields are guarded by
/// the queue's lock.
/// </remarks>
internal sealed class JobRecord(in JobTraits traits)
{
    public string? Key { get; } = traits.Key;

    /// <summary>The share of the job's key: see <see cref="JobTraits.KeyShare"/>.</summary>
    public int KeyShare { get; } = traits.KeyShare;

    public JobPriority Priority { get; } = traits.Priority;

    /// <summary>The number of workers that the job asks for.</summary>
    public int Weight { get; } = traits.Weight;

    /// <summary>The time within which the job must start, counted from its arrival.</summary>
    public TimeSpan? Deadline { get; } = traits.Deadline;

    public object? Tag { get; } = traits.Tag;

    /// <summary>
    /// Whether this is a background job. Such jobs wait in the <see cref="BackgroundLine"/>, and not in a line of the
    /// <see cref="Discipline"/>.
    /// </summary>
    public bool IsBackground { get; init; }

    /// <summary>
    /// Whether the job needs fair lines, because of its priority or weight. Plain lines consider only the age, and give
    /// each job one worker.
    /// </summary>
    public bool NeedsOrder => Priority != JobPriority.Normal || Weight > 1;

    /// <summary>The time of the deadline on the queue's clock. Set while the job waits.</summary>
    public long DeadlineAt;

    /// <summary>The job's place in the <see cref="DeadlineIndex"/>; -1 if it is not in the index.</summary>
    public int HeapIndex = -1;

    /// <summary>
    /// The number of workers that the running job holds. 0 if both are true: the job holds a single worker, and nothing
    /// has to be accounted when it ends.
    /// </summary>
    public int Workers;

    // The fields below belong to the fair lines.

    /// <summary>
    /// The job's number in the order of arrival in the fair lines. 0 if it was already waiting when the fair lines were
    /// created.
    /// </summary>
    public long Order;

    /// <summary>The partition in which it waits.</summary>
    public Partition? Partition;

    /// <summary>The job's neighbours among the waiting jobs of its class.</summary>
    public JobLinks InClass;

    /// <summary>The job's neighbours among the waiting jobs of its key and class.</summary>
    public JobLinks InKey;

    /// <summary>
    /// Whether the job has been set aside because its key has reached its worker limit. It is then in no line.
    /// </summary>
    public bool IsParked;

    /// <summary>Whether the job has been put back into the middle of its line.</summary>
    public bool IsReturned;

    /// <summary>The account of the job's key. Null if the lines do not distinguish keys.</summary>
    public KeyAccount? Account;

    /// <summary>The number of the job's workers that count towards the worker limit of its key.</summary>
    public int CountedWorkers;

    /// <summary>The account to which the job's work is charged. Null if the workers are not shared by key.</summary>
    public KeyFlow? Flow;

    /// <summary>The part of the flow's account to which the job was charged: see <see cref="KeyFlow"/>.</summary>
    public int Activation;

    /// <summary>
    /// The number of idle moments that the flow had seen when the job started: see <see cref="IdleMoment"/>.
    /// </summary>
    public int Epoch;

    /// <summary>The estimated work that was charged to the job's flow at the start of the job.</summary>
    public double Charged;

    /// <summary>The estimated work that was charged to the job's class at the start of the job.</summary>
    public double ChargedToClass;

    /// <summary>The time at which the job started, on the queue's clock.</summary>
    public long StartedAt;

    /// <summary>The discipline that counts the job as running. Null if the job is not running.</summary>
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

using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// The settings of one queue. Every one of them can be changed while the queue works: see
/// <see cref="JobQueue.Update(Action{JobQueueOptions})"/>.
/// </summary>
public class JobQueueOptions
{
    /// <summary>The most workers a queue may have.</summary>
    public const int WorkersLimit = 100_000;

    /// <summary>The most partitions a queue may have.</summary>
    public const int PartitionsLimit = 4_096;

    /// <summary>The most places a queue may have: <see cref="Partitions"/> × <see cref="PartitionCapacity"/>.</summary>
    public const int PlacesLimit = 1_000_000;

    /// <summary>
    /// Kubernetes deals hands of 8 out of 64 queues to a priority level's flows (API Priority and Fairness): two keys
    /// share a whole hand once in 4 billion pairs.
    /// </summary>
    private const int PartitionsForKeys = 64;

    private int? _partitions;

    /// <summary>
    /// How many jobs of this queue may run at once. Default 16, the same on a laptop and in a pod; range 1 to 100,000.
    /// </summary>
    /// <remarks>
    /// <para>The number is nominal. Other caps may leave less of it, and an operator's override stands in its place:
    /// see <see cref="JobQueueSnapshot.WorkerCaps"/>.</para>
    /// <para>It holds for this process: with several replicas each has its own. Two rules help to choose it. Never more
    /// than what stands behind the queue can bear: the database's connection pool ÷ replicas, the GPU's slots, the
    /// cores. And about arrival rate × service time (Little's law): 200 jobs a second of 50 ms each keep 10 workers
    /// busy.</para>
    /// </remarks>
    public int Workers { get; set; } = 16;

    /// <summary>
    /// How many waiting lines the queue has. Default 1, and 64 with <see cref="PartitionByKey"/>; range 1 to 4,096.
    /// Jobs are placed into the partitions in turn and served from them in turn; who goes first within one partition
    /// says <see cref="Order"/>.
    /// </summary>
    public int Partitions
    {
        get => _partitions ?? (PartitionByKey ? PartitionsForKeys : 1);
        set => _partitions = value;
    }

    /// <summary>
    /// How many jobs may wait in one partition. Default 100; range 0 to 1,000,000, and <see cref="Partitions"/> ×
    /// <see cref="PartitionCapacity"/> may not be above 1,000,000 places. With 0 nobody waits: a job gets a free worker
    /// or is refused.
    /// </summary>
    public int PartitionCapacity { get; set; } = 100;

    /// <summary>
    /// How long a job may wait for a worker; then it is refused with <see cref="RejectionReason.WaitTimeout"/>. Default
    /// 10 s, because that is when common callers, such as HttpClient's standard resilience handler, give up an attempt;
    /// range 0 to 1 hour, or <see cref="Timeout.InfiniteTimeSpan"/>. A change applies to those who already wait,
    /// counted from their arrival. With 0 nobody waits.
    /// </summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Who goes first in a partition. Default <see cref="QueueProcessingOrder.OldestFirst"/>. With
    /// <see cref="QueueProcessingOrder.NewestFirst"/> it is whoever came last, and in a full queue a newcomer takes the
    /// place of the one who has waited longest, who is refused with <see cref="RejectionReason.Displaced"/>.
    /// </summary>
    /// <remarks>
    /// <para>The word is that of the framework's <see cref="ConcurrencyLimiter"/>. The differences: a heavy newcomer,
    /// too, takes one place, since places are for jobs and not for permits; also the newest takes no worker that is
    /// being saved for a heavier job; and with <see cref="PartitionByKey"/> nobody makes room for another one of the
    /// same class.</para>
    /// <para>To serve the newest first only while the queue is overloaded, use <see cref="OverloadControl"/> instead:
    /// whoever stands last in an order like this one waits long in any queue.</para>
    /// </remarks>
    public QueueProcessingOrder Order { get; set; }

    /// <summary>
    /// The least <see cref="Rejection.RetryAfter"/> a refused caller is told. Default 1 s; range 1 s to 1 hour, at most
    /// <see cref="MaxRetryAfter"/>.
    /// </summary>
    public TimeSpan MinRetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The most <see cref="Rejection.RetryAfter"/> a refused caller is told. Default 60 s; range 1 s to 1 hour.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Whether a job's <see cref="JobTraits.Key"/> decides in which partitions it may wait, so that one caller's rush
    /// fills that caller's own lines. Default false: all partitions are everybody's.
    /// </summary>
    /// <remarks>
    /// Each key is dealt a hand of 8 partitions (all, where there are fewer) by a hash that is salted in each process,
    /// and joins the shortest line of its hand. The partitions are served by deficit round robin over the working time
    /// their jobs take, so many short jobs and few long ones get the same share. A job whose hand is full is refused
    /// with <see cref="RejectionReason.PartitionFull"/> while others have room.
    /// </remarks>
    public bool PartitionByKey { get; set; }

    /// <summary>
    /// How many workers the running jobs of one <see cref="JobTraits.Key"/> may hold at once. Default null: no limit
    /// but <see cref="Workers"/>; range 1 to 100,000.
    /// </summary>
    /// <remarks>
    /// A job whose key is at its limit waits, holding up nobody behind it; where it has no place to wait in, it is
    /// refused with <see cref="RejectionReason.KeyLimit"/>. After a change, jobs that run already count if they were
    /// counted before.
    /// </remarks>
    public int? MaxWorkersPerKey { get; set; }

    /// <summary>
    /// Whether the queue lets everybody pass at once and only counts what it would have done:
    /// <see cref="JobQueueSnapshot.WouldHaveWaited"/> and <see cref="JobQueueSnapshot.WouldHaveRejectedByReason"/>.
    /// Default false.
    /// </summary>
    /// <remarks>
    /// More than <see cref="Workers"/> jobs may run, up to 100,000 more. Nothing is refused, also while the queue is
    /// paused or drains. Switched on, those who wait are let through. Switched off, it is as if the workers had been
    /// lowered: nobody is interrupted, and newcomers wait until fewer jobs run than there are workers. The line that
    /// would have been is reckoned from the mean time that jobs take; what keys, priorities or overload control would
    /// have decided is not.
    /// </remarks>
    public bool DryRun { get; set; }

    /// <summary>
    /// Whether the queue stays useful when more comes than it can serve: while it stands, it serves the newest first,
    /// and gives up those who have waited too long, with <see cref="RejectionReason.Shed"/>. Default false.
    /// </summary>
    /// <remarks>
    /// A queue that jobs pass through in their turn is left alone, however long it is for a moment. Only if its longest
    /// wait stays above <see cref="OverloadInterval"/> for that interval is it a standing one. Then waiting in turn
    /// would make everybody late: the newest are served in time instead, in each partition, and whoever has waited for
    /// <see cref="OverloadTarget"/> is told so at once. It ends when nobody waits long any more.
    /// </remarks>
    public bool OverloadControl { get; set; }

    /// <summary>
    /// How long a job may wait while the queue stands, see <see cref="OverloadControl"/>. Default null: derived while
    /// the queue works; range 1 ms to 1 hour.
    /// </summary>
    /// <remarks>
    /// The derived value is the time in which the queue finishes 30 jobs, but at most a tenth of <see cref="MaxWait"/>,
    /// and at least one mean service time or half of <see cref="MaxWait"/>, whichever is less. Let
    /// <see cref="MaxWait"/> be what your callers bear, and you need not set this.
    /// </remarks>
    public TimeSpan? OverloadTarget { get; set; }

    /// <summary>
    /// How long the longest wait must have been above this very time for the queue to be a standing one. Default null:
    /// three times the <see cref="OverloadTarget"/>; range 1 ms to 1 hour.
    /// </summary>
    public TimeSpan? OverloadInterval { get; set; }

    /// <summary>
    /// Whether the queue finds the number of workers itself, between <see cref="MinWorkers"/> and
    /// <see cref="MaxWorkers"/>, from what the number does to the latency of the jobs. Default false.
    /// <see cref="Workers"/> is where it starts.
    /// </summary>
    /// <remarks>
    /// For queues whose jobs are alike, in front of something whose capacity changes or is not known. A window of some
    /// hundred jobs decides about the next one; only windows in which all workers were busy count. Jobs that fail do
    /// not count, and a job can say that it is not comparable or that what it calls is overloaded:
    /// <see cref="QueueLease.IgnoreLatency"/>, <see cref="QueueLease.ReportOverload"/>. It costs two timestamps and a
    /// small object for each job.
    /// </remarks>
    public bool AdaptiveWorkers { get; set; }

    /// <summary>
    /// The fewest workers that <see cref="AdaptiveWorkers"/> goes down to. Default 1; range 1 to 100,000, with
    /// <see cref="AdaptiveWorkers"/> at most <see cref="Workers"/>.
    /// </summary>
    public int MinWorkers { get; set; } = 1;

    /// <summary>
    /// The most workers that <see cref="AdaptiveWorkers"/> goes up to. Default 100, the usual size of a database
    /// connection pool (SqlClient, Npgsql); range 1 to 100,000, with <see cref="AdaptiveWorkers"/> at least
    /// <see cref="Workers"/>.
    /// </summary>
    public int MaxWorkers { get; set; } = 100;

    /// <summary>
    /// Whether the metric <c>queue_admission.partition.waiting_jobs</c> has a series for each partition of this queue.
    /// Default false.
    /// </summary>
    /// <remarks>
    /// Switch it on for a queue that is being looked into. OpenTelemetry keeps 2,000 series of a metric by default, so
    /// 31 queues of 64 partitions are as many as it can tell apart.
    /// </remarks>
    public bool PartitionMetrics { get; set; }

    /// <summary>
    /// Takes back a number that <see cref="Partitions"/> was given: it follows from <see cref="PartitionByKey"/> again.
    /// </summary>
    internal void DerivePartitions() => _partitions = null;

    /// <summary>What is wrong with settings that a derived class adds.</summary>
    internal virtual IEnumerable<SettingError> FindOwnErrors() => [];

    /// <summary>A copy that shares nothing with this object.</summary>
    internal JobQueueOptions Clone() => (JobQueueOptions)MemberwiseClone();
}

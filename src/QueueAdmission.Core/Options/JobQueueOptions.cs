using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// The settings of one queue. Each of them can be changed while the queue works:
/// see <see cref="JobQueue.Update(Action{JobQueueOptions})"/>.
/// </summary>
public class JobQueueOptions
{
    /// <summary>The largest number of workers that a queue may have.</summary>
    public const int WorkersLimit = 100_000;

    /// <summary>The largest number of partitions that a queue may have.</summary>
    public const int PartitionsLimit = 4_096;

    /// <summary>The largest number of jobs that may wait in a queue.</summary>
    public const int PlacesLimit = 1_000_000;

    // The values of settings that have no property here. It is never changed, only replaced, so copies share it.
    private Dictionary<QueueSetting, object?>? _added;
    private List<QueueSetting>? _recorded;
    private bool _areWorkersGiven;

    /// <summary>How many jobs of this queue may run at once. Default 16; range 1 to 100,000.</summary>
    /// <remarks>
    /// <para>Other caps may lower the number, and an operator's override replaces it: see
    /// <see cref="JobQueueSnapshot.WorkerCaps"/>. It is a number for this process: each replica has its own.</para>
    /// <para>Choose at most what the resource behind the queue can serve: the connections of the database ÷ replicas,
    /// the slots of the GPU, the cores. Little's law gives what the load needs, arrival rate × service time: 200 jobs a
    /// second of 50 ms each keep 10 workers busy.</para>
    /// </remarks>
    public int Workers
    {
        get => FindMaxWorkers() is not { } max ? field : _areWorkersGiven ? Math.Min(field, max) : max;
        set
        {
            _areWorkersGiven = true;
            field = Record(JobQueueSettings.Workers, value);
        }
    } = JobQueueSettings.Workers.Default;

    /// <summary>
    /// How many waiting lines the queue has. Jobs are placed into the lines in turn, and served from them in turn. With
    /// keys: how many keys take turns at once. Default 1, and 64 with keys; range 1 to 4,096.
    /// </summary>
    /// <remarks>
    /// For keys see <see cref="PartitionByKey"/>. <see cref="Order"/> is the order inside a partition.
    /// </remarks>
    public int Partitions
    {
        get => GivenPartitions ?? (PartitionByKey ? QueueRoom.PartitionsForKeys : 1);
        set => GivenPartitions = value;
    }

    /// <summary>
    /// How many jobs may wait in one partition. With 0 no job waits: it gets a free worker or is refused.
    /// <see cref="Partitions"/> × <see cref="PartitionCapacity"/> may be 1,000,000 places at most. Default 100, or what
    /// <see cref="MaxWaiting"/> leaves for one partition; range 0 to 1,000,000 jobs.
    /// </summary>
    /// <remarks>
    /// With keys it is the room of one key, and <see cref="Partitions"/> × <see cref="PartitionCapacity"/> is the room
    /// of all. <see cref="MaxWaiting"/> and <see cref="MaxWaitingPerKey"/> say the same in plain numbers.
    /// </remarks>
    public int PartitionCapacity
    {
        get => GivenPartitionCapacity
            ?? (PartitionByKey ? this.PlacesPerKey
            : MaxWaiting is { } max && GivenPartitions is not < 1 ? max / Partitions
            : QueueRoom.DefaultPartitionCapacity);
        set => GivenPartitionCapacity = value;
    }

    /// <summary>
    /// How many jobs may wait in the whole queue. It stands in the place of <see cref="PartitionCapacity"/>, so only
    /// one of the two may be set. With several partitions and without keys it is a multiple of
    /// <see cref="Partitions"/>. Default none: <see cref="Partitions"/> × <see cref="PartitionCapacity"/>, or 1,000
    /// with keys; range 0 to 1,000,000 jobs.
    /// </summary>
    public int? MaxWaiting
    {
        get;
        set => field = Record(JobQueueSettings.MaxWaiting, value);
    } = JobQueueSettings.MaxWaiting.Default;

    /// <summary>
    /// How many jobs of one <see cref="JobTraits.Key"/> may wait. A job beyond that is refused with
    /// <see cref="RejectionReason.PartitionFull"/>. It is at most <see cref="MaxWaiting"/>, needs keys, and may not be
    /// set together with <see cref="PartitionCapacity"/>. Default none: 100, or <see cref="MaxWaiting"/> if that is
    /// less; range 0 to 1,000,000 jobs.
    /// </summary>
    public int? MaxWaitingPerKey
    {
        get;
        set => field = Record(JobQueueSettings.MaxWaitingPerKey, value);
    } = JobQueueSettings.MaxWaitingPerKey.Default;

    /// <summary>
    /// How long a job may wait for a worker. After that it is refused with <see cref="RejectionReason.WaitTimeout"/>.
    /// With 0 no job waits. Default 00:00:10; range 00:00:00 to 01:00:00, or infinite.
    /// </summary>
    /// <remarks>
    /// <para>Common callers give up an attempt after 10 seconds, such as the standard resilience handler of HttpClient.
    /// <see cref="Timeout.InfiniteTimeSpan"/> is infinite.</para>
    /// <para>A change also applies to jobs that already wait, counted from their arrival.</para>
    /// </remarks>
    public TimeSpan MaxWait
    {
        get;
        set => field = Record(JobQueueSettings.MaxWait, value);
    } = JobQueueSettings.MaxWait.Default;

    /// <summary>
    /// Whether the queue learns how long its clients wait, and refuses a request at arrival if its client would
    /// probably leave before it starts, with <see cref="RejectionReason.ExpectedWaitTooLong"/>. Default true.
    /// </summary>
    /// <remarks>
    /// <para>The queue acts only while more than 2 % of its work is wasted: jobs that had waited, and whose clients
    /// left while they ran. The other jobs are served in the order of their arrival. With
    /// <see cref="PartitionByKey"/> each key is judged by its own clients.</para>
    /// <para>The queue learns from requests of the middleware only. Without such requests it refuses nothing for this
    /// reason. The setting has no effect with <see cref="OverloadControl"/>, and where <see cref="Order"/> is not
    /// OldestFirst. The state is in <see cref="JobQueueSnapshot.Patience"/>.</para>
    /// </remarks>
    public bool AdaptiveMaxWait
    {
        get;
        set => field = Record(JobQueueSettings.AdaptiveMaxWait, value);
    } = JobQueueSettings.AdaptiveMaxWait.Default;

    /// <summary>
    /// Which job of a partition is served first. With <see cref="QueueProcessingOrder.NewestFirst"/> a newcomer to a
    /// full queue takes the place of the job that has waited longest, which is refused with
    /// <see cref="RejectionReason.Displaced"/>. Default OldestFirst; one of OldestFirst, NewestFirst.
    /// </summary>
    /// <remarks>
    /// <para>The order is that of <see cref="ConcurrencyLimiter"/>, with three differences. A heavy newcomer takes one
    /// place as well, because places are for jobs and not for permits. The newest job takes no worker that is saved for
    /// a heavier job. With <see cref="PartitionByKey"/> no job makes room for another one of the same class.</para>
    /// <para>To serve the newest job first only while the queue is overloaded, use <see cref="OverloadControl"/>. With
    /// this order alone, the last job of a line waits long in any queue.</para>
    /// </remarks>
    public QueueProcessingOrder Order
    {
        get;
        set => field = Record(JobQueueSettings.Order, value);
    } = JobQueueSettings.Order.Default;

    /// <summary>
    /// The shortest <see cref="Rejection.RetryAfter"/> that a refused caller is told. It is at most
    /// <see cref="MaxRetryAfter"/>. Default 00:00:01; range 00:00:01 to 01:00:00.
    /// </summary>
    public TimeSpan MinRetryAfter
    {
        get;
        set => field = Record(JobQueueSettings.MinRetryAfter, value);
    } = JobQueueSettings.MinRetryAfter.Default;

    /// <summary>
    /// The longest <see cref="Rejection.RetryAfter"/> that a refused caller is told. It is at least
    /// <see cref="MinRetryAfter"/>. Default 00:01:00; range 00:00:01 to 01:00:00.
    /// </summary>
    public TimeSpan MaxRetryAfter
    {
        get;
        set => field = Record(JobQueueSettings.MaxRetryAfter, value);
    } = JobQueueSettings.MaxRetryAfter.Default;

    /// <summary>
    /// Whether jobs are told apart by their <see cref="JobTraits.Key"/>. Keys share the workers by time, each alike,
    /// however many jobs each has waiting. Default false.
    /// </summary>
    /// <remarks>
    /// <para>The working time of a key's jobs moves its turn back (start-time fair queueing), so many short jobs and
    /// few long ones get the same share. A key's debt outlives its last job, until the others have caught up.</para>
    /// <para><see cref="Partitions"/> keys take turns at once. While more keys have jobs waiting, the further ones join
    /// them by a hash, salted in each process. So a client that invents keys gets no more turns than there are
    /// partitions. <see cref="MaxWaitingPerKey"/> limits the waiting jobs of one key.</para>
    /// </remarks>
    public bool PartitionByKey
    {
        get;
        set => field = Record(JobQueueSettings.PartitionByKey, value);
    } = JobQueueSettings.PartitionByKey.Default;

    /// <summary>
    /// How much of the workers some keys get beside others. A key with a share of 4 gets four times the time of a key
    /// with 1. The name * gives the share of all keys that have no other. It needs keys. Default none: each key has a
    /// share of 1; a share of 1 to 1,000 for each key.
    /// </summary>
    /// <remarks>
    /// <para>Keys are compared by their characters. The share of a key that is named here comes before
    /// <see cref="JobTraits.KeyShare"/>. For other keys <see cref="JobTraits.KeyShare"/> holds if it is above 1, and
    /// otherwise the share of <c>*</c>.</para>
    /// <para>The value is copied. A change also applies to keys whose jobs already wait or run.</para>
    /// </remarks>
    public IReadOnlyDictionary<string, int>? KeyShares
    {
        get;
        set => field = Record(
            JobQueueSettings.KeyShares,
            value is null or { Count: 0 } ? null : new Dictionary<string, int>(value).AsReadOnly());
    } = JobQueueSettings.KeyShares.Default;

    /// <summary>
    /// How many workers the running jobs of one <see cref="JobTraits.Key"/> may hold at once. Default none: only
    /// <see cref="Workers"/> is the limit; range 1 to 100,000.
    /// </summary>
    /// <remarks>
    /// A job with a key at its limit waits, and holds up no job behind it. Without a place to wait, it is refused with
    /// <see cref="RejectionReason.KeyLimit"/>. After a change, running jobs count if they were counted before.
    /// </remarks>
    public int? MaxWorkersPerKey
    {
        get;
        set => field = Record(JobQueueSettings.MaxWorkersPerKey, value);
    } = JobQueueSettings.MaxWorkersPerKey.Default;

    /// <summary>
    /// Whether the queue lets every job pass at once, and only counts what it would have done. Default false.
    /// </summary>
    /// <remarks>
    /// <para>The counts are <see cref="JobQueueSnapshot.WouldHaveWaited"/> and
    /// <see cref="JobQueueSnapshot.WouldHaveRejectedByReason"/>. They come from the mean time that jobs take, without
    /// the effects of keys, priorities and overload control.</para>
    /// <para>Up to 100,000 jobs more than <see cref="Workers"/> may run. No job is refused, also while the queue is
    /// paused or drains. Switching it on lets the waiting jobs through. Switching it off interrupts no job: newcomers
    /// wait until fewer jobs run than there are workers.</para>
    /// </remarks>
    public bool DryRun
    {
        get;
        set => field = Record(JobQueueSettings.DryRun, value);
    } = JobQueueSettings.DryRun.Default;

    /// <summary>
    /// Whether the queue stays useful when more jobs come than it can serve. While it stands, it serves the newest jobs
    /// first, and refuses those that have waited too long with <see cref="RejectionReason.Shed"/>. Default false.
    /// </summary>
    /// <remarks>
    /// <para>A queue stands once its longest wait has been above <see cref="OverloadInterval"/> for that interval. A
    /// queue that moves is left alone, also if it is long for a moment.</para>
    /// <para>In a standing queue, waiting in turn would make every job late. Instead, each partition serves its newest
    /// jobs first, and refuses a job once it has waited for <see cref="OverloadTarget"/>. This ends when no job waits
    /// long any more.</para>
    /// </remarks>
    public bool OverloadControl
    {
        get;
        set => field = Record(JobQueueSettings.OverloadControl, value);
    } = JobQueueSettings.OverloadControl.Default;

    /// <summary>
    /// How long a job may wait while the queue stands, see <see cref="OverloadControl"/>. Default derived while the
    /// queue works; range 00:00:00.001 to 01:00:00.
    /// </summary>
    /// <remarks>
    /// The derived value is the time in which the queue finishes 30 jobs. It is at most a tenth of
    /// <see cref="MaxWait"/>, and at least the smaller of one mean service time and half of <see cref="MaxWait"/>.
    /// If <see cref="MaxWait"/> is the time for which callers wait, this setting needs no value.
    /// </remarks>
    public TimeSpan? OverloadTarget
    {
        get;
        set => field = Record(JobQueueSettings.OverloadTarget, value);
    } = JobQueueSettings.OverloadTarget.Default;

    /// <summary>
    /// A queue stands once its longest wait has been above this time for this time. Default derived: three times the
    /// <see cref="OverloadTarget"/>; range 00:00:00.001 to 01:00:00.
    /// </summary>
    public TimeSpan? OverloadInterval
    {
        get;
        set => field = Record(JobQueueSettings.OverloadInterval, value);
    } = JobQueueSettings.OverloadInterval.Default;

    /// <summary>
    /// Whether the queue finds the number of workers itself, between <see cref="MinWorkers"/> and
    /// <see cref="MaxWorkers"/>, from the latency of the jobs. It starts at <see cref="Workers"/>. Default false.
    /// </summary>
    /// <remarks>
    /// <para>It is for queues with similar jobs, in front of a resource of unknown or changing capacity. A window of
    /// some hundred jobs decides about the next one. Only windows in which all workers were busy count.</para>
    /// <para>Jobs that fail do not count. A job can report that it is not comparable
    /// (<see cref="QueueLease.IgnoreLatency"/>), or that a service it calls is overloaded
    /// (<see cref="QueueLease.ReportOverload"/>). The search costs two timestamps and a small object for each
    /// job.</para>
    /// </remarks>
    public bool AdaptiveWorkers
    {
        get;
        set => field = Record(JobQueueSettings.AdaptiveWorkers, value);
    } = JobQueueSettings.AdaptiveWorkers.Default;

    /// <summary>
    /// The smallest number of workers that <see cref="AdaptiveWorkers"/> goes down to. With
    /// <see cref="AdaptiveWorkers"/> it is at most <see cref="Workers"/>. Default 1; range 1 to 100,000.
    /// </summary>
    public int MinWorkers
    {
        get;
        set => field = Record(JobQueueSettings.MinWorkers, value);
    } = JobQueueSettings.MinWorkers.Default;

    /// <summary>
    /// The largest number of workers that <see cref="AdaptiveWorkers"/> goes up to. With
    /// <see cref="AdaptiveWorkers"/> it is at least <see cref="Workers"/>. Default 100; range 1 to 100,000.
    /// </summary>
    /// <remarks>The default is the usual size of a database connection pool (SqlClient, Npgsql).</remarks>
    public int MaxWorkers
    {
        get;
        set => field = Record(JobQueueSettings.MaxWorkers, value);
    } = JobQueueSettings.MaxWorkers.Default;

    /// <summary>
    /// Whether the metric <c>queue_admission.partition.job.waiting</c> has a series for each partition of this queue.
    /// Default false.
    /// </summary>
    /// <remarks>OpenTelemetry keeps 2,000 series of a metric by default: 31 queues of 64 partitions.</remarks>
    public bool PartitionMetrics
    {
        get;
        set => field = Record(JobQueueSettings.PartitionMetrics, value);
    } = JobQueueSettings.PartitionMetrics.Default;

    /// <summary>The number that <see cref="Partitions"/> was given; null if it is derived.</summary>
    internal int? GivenPartitions { get; set => field = Record(JobQueueSettings.Partitions, value); } =
        JobQueueSettings.Partitions.Default;

    /// <summary>The number that <see cref="PartitionCapacity"/> was given; null if it is derived.</summary>
    internal int? GivenPartitionCapacity { get; set => field = Record(JobQueueSettings.PartitionCapacity, value); } =
        JobQueueSettings.PartitionCapacity.Default;

    /// <summary>The settings without a property here that were given a value.</summary>
    internal IEnumerable<QueueSetting> AddedSettings => _added?.Keys ?? Enumerable.Empty<QueueSetting>();

    /// <summary>The value of a setting that a package adds to queues.</summary>
    /// <param name="setting">The setting.</param>
    /// <typeparam name="T">The type of its values.</typeparam>
    /// <returns>The value that was given, or the default of the setting.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="setting"/> is null.</exception>
    public T Get<T>(QueueSetting<T> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (setting.Getter is { } property)
            return property(this);
        return _added is not null && _added.TryGetValue(setting, out var value) ? (T)value! : setting.Default;
    }

    /// <summary>Sets a setting that a package adds to queues.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="value">The value. Its range is checked with the other settings, when they are put in force.</param>
    /// <typeparam name="T">The type of its values.</typeparam>
    /// <exception cref="ArgumentNullException"><paramref name="setting"/> is null.</exception>
    public void Set<T>(QueueSetting<T> setting, T value)
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (setting.Setter is { } property)
        {
            property(this, value);
            return;
        }
        var added = _added is null ? [] : new Dictionary<QueueSetting, object?>(_added);
        added[setting] = value;
        _added = added;
        Record(setting, value);
        setting.Implies?.Invoke(this, value);
    }

    /// <summary>Begins to record which settings are given a value, in their order.</summary>
    /// <returns>The settings, each once.</returns>
    internal IReadOnlyList<QueueSetting> StartRecording() => _recorded = [];

    /// <summary>The errors in settings that a derived class adds.</summary>
    internal virtual IEnumerable<SettingError> FindOwnErrors() => [];

    /// <summary>Copies the object. A later change of one of the two does not affect the other.</summary>
    internal JobQueueOptions Clone()
    {
        var copy = (JobQueueOptions)MemberwiseClone();
        copy._recorded = null;
        return copy;
    }

    /// <summary>The bound that settings of packages put on the workers; null if none does.</summary>
    private int? FindMaxWorkers() => _added?.Keys.Select(setting => setting.FindMaxWorkers(this)).Min();

    private T Record<T>(QueueSetting setting, T value)
    {
        if (_recorded is not null && !_recorded.Contains(setting))
            _recorded.Add(setting);
        return value;
    }
}

using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// The settings of one queue. All of them can be changed while the queue is running: see
/// <see cref="JobQueue.Update(Action{JobQueueOptions})"/>.
/// </summary>
public class JobQueueOptions
{
    /// <summary>The maximum number of workers of a queue.</summary>
    public const int WorkersLimit = 100_000;

    /// <summary>The maximum number of partitions of a queue.</summary>
    public const int PartitionsLimit = 4_096;

    /// <summary>The maximum number of jobs that may wait in a queue.</summary>
    public const int PlacesLimit = 1_000_000;

    // The settings without a property in this class. Never modified, only replaced, so copies of the options share it.
    private Dictionary<QueueSetting, object?>? _added;
    private List<QueueSetting>? _recorded;
    private bool _areWorkersGiven;

    /// <summary>How many jobs of this queue may run at once. Default 16; range 1 to 100,000.</summary>
    /// <remarks>
    /// <para>Other caps may lower the number, and an operator's override replaces it: see
    /// <see cref="JobQueueSnapshot.WorkerCaps"/>. The number applies to one process: each replica of an application has
    /// separate workers.</para>
    /// <para>Choose at most the number of jobs that the resource behind the queue can serve at once: the database
    /// connections ÷ replicas, the slots of the GPU, or the cores. The number that the load needs follows from Little's
    /// law, arrival rate × service time: 200 jobs per second of 50 ms each keep 10 workers busy.</para>
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
    /// keys: how many keys take turns at once. Default 1, or 64 with keys; range 1 to 4,096.
    /// </summary>
    /// <remarks>
    /// For queues with keys, see <see cref="PartitionByKey"/>. <see cref="Order"/> determines the order within a
    /// partition.
    /// </remarks>
    public int Partitions
    {
        get => GivenPartitions ?? (PartitionByKey ? QueueRoom.PartitionsForKeys : 1);
        set => GivenPartitions = value;
    }

    /// <summary>
    /// How many jobs may wait in one partition. With 0 no job waits: it gets a free worker or is refused.
    /// <see cref="Partitions"/> × <see cref="PartitionCapacity"/> is at most 1,000,000. Default 100, or derived from
    /// <see cref="MaxWaiting"/> and <see cref="MaxWaitingPerKey"/>; range 0 to 1,000,000 jobs.
    /// </summary>
    /// <remarks>
    /// With keys, this is the number of jobs of one key that may wait, and <see cref="Partitions"/> ×
    /// <see cref="PartitionCapacity"/> is the number for all keys together. <see cref="MaxWaitingPerKey"/> and
    /// <see cref="MaxWaiting"/> set the same two numbers directly.
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
    /// How many jobs may wait in the whole queue. Set either <see cref="MaxWaiting"/> or
    /// <see cref="PartitionCapacity"/>, not both. With several partitions and without keys, it must be a multiple of
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
    /// <para>The default is the attempt timeout of common callers, such as the standard resilience handler of
    /// HttpClient. <see cref="Timeout.InfiniteTimeSpan"/> means no limit.</para>
    /// <para>A change also applies to jobs that already wait. Their wait is counted from their arrival.</para>
    /// </remarks>
    public TimeSpan MaxWait
    {
        get;
        set => field = Record(JobQueueSettings.MaxWait, value);
    } = JobQueueSettings.MaxWait.Default;

    /// <summary>
    /// Whether the queue learns how long its clients wait, and refuses a request at arrival
    /// (<see cref="RejectionReason.ExpectedWaitTooLong"/>) if its client would probably leave before it starts. Default
    /// true.
    /// </summary>
    /// <remarks>
    /// <para>A job is wasted if it has waited, and its client leaves while the job runs. The queue starts to refuse
    /// requests when more than 2 % of its recent jobs are wasted. The jobs that it accepts are served in the order of
    /// arrival. With <see cref="PartitionByKey"/>, each key is judged by its own clients.</para>
    /// <para>The queue learns only from requests that the middleware enters. Without such requests, it refuses nothing
    /// for this reason. The setting has no effect with <see cref="OverloadControl"/>, or if <see cref="Order"/> is not
    /// OldestFirst. The current state is in <see cref="JobQueueSnapshot.Patience"/>.</para>
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
    /// <para>The order is that of <see cref="ConcurrencyLimiter"/>, with three differences. A job of any weight takes
    /// one place, because places are counted in jobs and not in permits. The newest job does not take workers that are
    /// reserved for a heavier job. With <see cref="PartitionByKey"/>, no job is displaced by another job of the same
    /// priority.</para>
    /// <para>To serve the newest job first only while the queue is overloaded, use <see cref="OverloadControl"/>. With
    /// NewestFirst alone, the oldest job of a line waits long even in a queue that is not overloaded.</para>
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
    /// Whether the queue separates jobs by their <see cref="JobTraits.Key"/>. By default, the keys share the workers'
    /// time equally, however many jobs of each key wait. Default false.
    /// </summary>
    /// <remarks>
    /// <para>The working time of a key's jobs delays the key's next turn (start-time fair queueing). A key with many
    /// short jobs therefore gets the same share as a key with few long jobs. If a key has used more than its share,
    /// this debt remains after its last job, until the other keys have caught up.</para>
    /// <para>Up to <see cref="Partitions"/> waiting keys each have a separate partition, and the partitions take turns.
    /// Each further key shares a partition, chosen by a hash with a salt per process. A client that invents keys
    /// therefore gets at most as many turns as there are partitions. <see cref="MaxWaitingPerKey"/> limits the waiting
    /// jobs of one key.</para>
    /// </remarks>
    public bool PartitionByKey
    {
        get;
        set => field = Record(JobQueueSettings.PartitionByKey, value);
    } = JobQueueSettings.PartitionByKey.Default;

    /// <summary>
    /// The shares of keys in the workers' time. A key with a share of 4 gets four times the time of a key with 1. The
    /// name * sets the share of all keys that have no other share. The setting needs keys. Default none: each key has a
    /// share of 1; a share of 1 to 1,000 for each key.
    /// </summary>
    /// <remarks>
    /// <para>Keys are compared ordinally. For a key that is named here, its share here takes precedence over
    /// <see cref="JobTraits.KeyShare"/>. For any other key, <see cref="JobTraits.KeyShare"/> applies if it is above 1,
    /// and otherwise the share of <c>*</c>.</para>
    /// <para>The dictionary is copied. A change also applies to keys whose jobs already wait or run.</para>
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
    /// A job whose key has reached the limit waits, without delaying the jobs behind it. If there is no place to wait,
    /// the job is refused with <see cref="RejectionReason.KeyLimit"/>. Jobs that started while there was no limit do
    /// not count towards a limit that is set later.
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
    /// <see cref="JobQueueSnapshot.WouldHaveRejectedByReason"/>. They are calculated from the mean service time of the
    /// jobs, and ignore the effects of keys, priorities and overload control.</para>
    /// <para>No job is refused, even while the queue is paused or drains. The only limit is technical: if running jobs
    /// would hold more than <see cref="Workers"/> + 100,000 workers, or more than 131,071, a job is refused. When the
    /// dry run is switched on, the waiting jobs start at once. When it is switched off, no running job is interrupted.
    /// Newcomers then wait until fewer jobs run than there are workers.</para>
    /// </remarks>
    public bool DryRun
    {
        get;
        set => field = Record(JobQueueSettings.DryRun, value);
    } = JobQueueSettings.DryRun.Default;

    /// <summary>
    /// Whether the queue reacts to overload. While its waits stay long (a standing queue), it serves the newest jobs
    /// first, and refuses jobs that have waited too long (<see cref="RejectionReason.Shed"/>). Default false.
    /// </summary>
    /// <remarks>
    /// <para>A queue is a standing queue once its longest wait has exceeded <see cref="OverloadInterval"/> for a period
    /// of the same length, or earlier if more jobs keep arriving than end. A queue that is long only for a moment does
    /// not count.</para>
    /// <para>If a standing queue served its jobs in the order of arrival, every job would be late. Instead, each
    /// partition serves its newest jobs first, and refuses a job once it has waited for <see cref="OverloadTarget"/>.
    /// This ends when the waits have become short again.</para>
    /// <para>With <see cref="PartitionByKey"/>, each line is judged separately, by its waits alone. Both times are then
    /// three times as long, because the waits of a single key vary more.</para>
    /// </remarks>
    public bool OverloadControl
    {
        get;
        set => field = Record(JobQueueSettings.OverloadControl, value);
    } = JobQueueSettings.OverloadControl.Default;

    /// <summary>
    /// How long a job may wait in a standing queue: see <see cref="OverloadControl"/>. Default derived from
    /// measurements; range 00:00:00.001 to 01:00:00.
    /// </summary>
    /// <remarks>
    /// The derived value is the time in which the queue completes 30 jobs. It is at most a tenth of
    /// <see cref="MaxWait"/>, and at least the smaller of one mean service time and half of <see cref="MaxWait"/>. If
    /// <see cref="MaxWait"/> corresponds to the time for which callers wait, this setting needs no value.
    /// </remarks>
    public TimeSpan? OverloadTarget
    {
        get;
        set => field = Record(JobQueueSettings.OverloadTarget, value);
    } = JobQueueSettings.OverloadTarget.Default;

    /// <summary>
    /// The queue is a standing queue once its longest wait has exceeded this time for a period of the same length.
    /// Default derived: three times the <see cref="OverloadTarget"/>; range 00:00:00.001 to 01:00:00.
    /// </summary>
    public TimeSpan? OverloadInterval
    {
        get;
        set => field = Record(JobQueueSettings.OverloadInterval, value);
    } = JobQueueSettings.OverloadInterval.Default;

    /// <summary>
    /// Whether the queue adjusts the number of workers to the latency of its jobs, between <see cref="MinWorkers"/> and
    /// <see cref="MaxWorkers"/>. It starts at <see cref="Workers"/>. Default false.
    /// </summary>
    /// <remarks>
    /// <para>Intended for queues with similar jobs, in front of a resource of unknown or changing capacity. The
    /// latencies of one window, usually a few hundred jobs, determine the number of workers for the next window. A
    /// window counts only if most of its jobs ended while all workers were busy, or if a job reported overload.</para>
    /// <para>Jobs that throw do not count. A job can exclude its latency because it is not comparable
    /// (<see cref="QueueLease.IgnoreLatency"/>), or report that a service it calls is overloaded
    /// (<see cref="QueueLease.ReportOverload"/>). The search costs two timestamps and a small object per job.</para>
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
    /// <remarks>The default is the default maximum of a database connection pool (SqlClient, Npgsql).</remarks>
    public int MaxWorkers
    {
        get;
        set => field = Record(JobQueueSettings.MaxWorkers, value);
    } = JobQueueSettings.MaxWorkers.Default;

    /// <summary>
    /// Whether the metric <c>queue_admission.partition.job.waiting</c> has a series for each partition of this queue.
    /// Default false.
    /// </summary>
    /// <remarks>OpenTelemetry keeps 2,000 series per metric: enough for 31 queues with 64 partitions each.</remarks>
    public bool PartitionMetrics
    {
        get;
        set => field = Record(JobQueueSettings.PartitionMetrics, value);
    } = JobQueueSettings.PartitionMetrics.Default;

    /// <summary>The value that <see cref="Partitions"/> was set to. Null if it is derived.</summary>
    internal int? GivenPartitions { get; set => field = Record(JobQueueSettings.Partitions, value); } =
        JobQueueSettings.Partitions.Default;

    /// <summary>The value that <see cref="PartitionCapacity"/> was set to. Null if it is derived.</summary>
    internal int? GivenPartitionCapacity { get; set => field = Record(JobQueueSettings.PartitionCapacity, value); } =
        JobQueueSettings.PartitionCapacity.Default;

    /// <summary>The settings that have a value but no property in this class.</summary>
    internal IEnumerable<QueueSetting> AddedSettings => _added?.Keys ?? Enumerable.Empty<QueueSetting>();

    /// <summary>Returns the value of a setting that a package adds to queues.</summary>
    /// <param name="setting">The setting.</param>
    /// <typeparam name="T">The type of the setting's values.</typeparam>
    /// <returns>The value that was set, or the default of the setting.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="setting"/> is null.</exception>
    public T Get<T>(QueueSetting<T> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        if (setting.Getter is { } property)
            return property(this);
        return _added is not null && _added.TryGetValue(setting, out var value) ? (T)value! : setting.Default;
    }

    /// <summary>Sets the value of a setting that a package adds to queues.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="value">The value. Its range is checked when the settings are put in force.</param>
    /// <typeparam name="T">The type of the setting's values.</typeparam>
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

    /// <summary>Starts recording which settings are set, in the order of their assignment.</summary>
    /// <returns>The recorded settings, each once. The list grows with each assignment.</returns>
    internal IReadOnlyList<QueueSetting> StartRecording() => _recorded = [];

    /// <summary>Returns the errors in settings that a derived class adds.</summary>
    internal virtual IEnumerable<SettingError> FindOwnErrors() => [];

    /// <summary>Returns a copy. Later changes of either object do not affect the other.</summary>
    internal JobQueueOptions Clone()
    {
        var copy = (JobQueueOptions)MemberwiseClone();
        copy._recorded = null;
        return copy;
    }

    /// <summary>Returns the smallest maximum of workers that settings of packages impose, or null.</summary>
    private int? FindMaxWorkers() => _added?.Keys.Select(setting => setting.FindMaxWorkers(this)).Min();

    private T Record<T>(QueueSetting setting, T value)
    {
        if (_recorded is not null && !_recorded.Contains(setting))
            _recorded.Add(setting);
        return value;
    }
}

using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// Decides whether a newcomer would probably wait longer than its client does: see
/// <see cref="JobQueueOptions.AdaptiveMaxWait"/>.
/// </summary>
/// <remarks>
/// <para><b>By key.</b> If the partitions belong to keys, each key is judged by its own clients. In a crowd of callers
/// that send few requests each, no single key provides enough data. For them there is one common limit of the queue.
/// Only the first four wasted jobs of each key count towards the common limit, and at least eleven are needed to set or
/// lower it. The clients of one key alone can therefore not impose a limit on others.</para>
/// <para><b>Cost.</b> In a queue without wasted jobs, the only cost is reading one field when a job has to wait or
/// starts after a wait. No timestamp is taken for it. Guarded by the queue's lock.</para>
/// </remarks>
internal sealed class AdaptiveMaxWait(QueueConditions conditions, WaitingRoom room, WorkerLimit limit, QueueClock clock)
{
    private const int SharedPerKey = 4;

    // Null until a wasted job has been counted.
    private LearnedPatience? _common;
    private KeyedPatience? _keys;

    /// <summary>
    /// Whether the settings enable the limit. Overload control replaces it. If the newest job is served first, it is
    /// off, because the wait of a newcomer does not follow from the number of waiting jobs.
    /// </summary>
    public bool IsOn => conditions.Settings is
    {
        AdaptiveMaxWait: true, OverloadControl: false, Order: QueueProcessingOrder.OldestFirst,
    };

    /// <summary>
    /// The number of reported jobs whose clients left while the job held a worker, after it had waited.
    /// </summary>
    public long Wasted { get; private set; }

    /// <summary>
    /// Returns true if a newcomer is to be refused because its client would probably leave before the job starts.
    /// </summary>
    /// <param name="job">The newcomer; null if it has no traits.</param>
    /// <param name="source">
    /// The origin of the job. A pushed job is never refused, because no client waits for it.
    /// </param>
    /// <param name="ran">The number of jobs that have ended so far.</param>
    public bool Refuses(JobRecord? job, JobSource source, long ran) =>
        _common is not null && source != JobSource.Push && IsOn
        && LimitFor(job?.Key, ran) is var longest && !double.IsPositiveInfinity(longest)
        && WaitEstimate.For(job, room, clock, conditions.State) > longest;

    /// <summary>
    /// Returns the longest expected wait with which a newcomer is accepted, in ticks. Infinite if there is no limit.
    /// </summary>
    public double LimitFor(string? key, long ran)
    {
        if (_common is null || !IsOn)
            return double.PositiveInfinity;
        var pace = Pace;
        if (EntryOf(key) is { } entry)
        {
            entry.Learned.Probe(entry.Started, conditions.MaxWait, pace);
            if (entry.Learned.IsActing)
                return entry.Learned.Limit;
            // The key has already contributed its jobs to the common limit, so it is judged by its own limit alone.
            if (entry.Shared >= SharedPerKey)
                return double.PositiveInfinity;
        }
        _common.Probe(ran, conditions.MaxWait, pace);
        return _common.Limit;
    }

    /// <summary>Called when a waiting job starts.</summary>
    public void OnStarted(Waiter waiter)
    {
        if (_common is null)
            return;
        var waited = clock.Now - waiter.Time;
        _common.OnStarted(waited);
        if (EntryOf(waiter.Job?.Key) is { } entry)
        {
            entry.Started++;
            entry.Learned.OnStarted(waited);
        }
    }

    /// <summary>Called when the client of a job has left while the job held its worker, after it had waited.</summary>
    /// <param name="key">The key of the job.</param>
    /// <param name="waited">The time for which the job had waited, in ticks.</param>
    /// <param name="age">The age of the request when its client left, in ticks.</param>
    /// <param name="ran">The number of jobs that have ended so far.</param>
    public void OnWasted(string? key, long waited, long age, long ran)
    {
        Wasted++;
        // If the wait was shorter than the mean service time, the client did not leave because of the wait.
        var pace = Pace;
        if (!IsOn || pace.ServiceTicks <= 0 || waited < pace.ServiceTicks)
            return;
        _common ??= new LearnedPatience();
        if (conditions.Settings.PartitionByKey)
        {
            var entry = (_keys ??= new KeyedPatience()).Open(key);
            entry.Learned.OnWasted(age, entry.Started, pace);
            if (entry.Shared >= SharedPerKey)
                return;
            entry.Shared++;
        }
        _common.OnWasted(age, ran, pace);
    }

    /// <summary>Returns what has been learned, for snapshots. Null if the limit is off.</summary>
    /// <param name="abandoned">The number of jobs that their callers have abandoned while the jobs waited.</param>
    public ClientPatience? Report(long abandoned)
    {
        if (!IsOn)
            return null;
        var learned = _keys is null ? [] : _keys.All.Select(entry => entry.Learned);
        var all = _common is null ? [] : learned.Append(_common).ToList();
        var acting = all.Where(one => one.IsActing).ToList();
        return new ClientPatience
        {
            State = acting.Count > 0 ? PatienceState.Acting
                : Wasted > 0 || abandoned > 0 ? PatienceState.Learning
                : PatienceState.NeverSeenLeaving,
            Learned = Least(all.Where(one => one.Patience > 0).Select(one => (double)one.Patience)),
            MaxExpectedWait = Least(acting.Select(one => one.Limit)),
            Wasted = Wasted,
        };
    }

    private QueuePace Pace
    {
        get
        {
            var ticksPerJob = clock.DrainPerSecond > 0 ? clock.TicksPerSecond / clock.DrainPerSecond : 0;
            return new QueuePace(clock.Now, clock.TicksPerSecond, ticksPerJob, ticksPerJob * limit.InForce);
        }
    }

    private KeyedPatience.Entry? EntryOf(string? key) =>
        _keys is { } keys && conditions.Settings.PartitionByKey ? keys.Find(key) : null;

    private TimeSpan? Least(IEnumerable<double> ticks) =>
        ticks.DefaultIfEmpty(-1).Min() is >= 0 and var least ? clock.ToTimeSpan((long)least) : null;
}

using System.Threading.RateLimiting;

namespace QueueAdmission;

/// <summary>
/// Decides whether a newcomer would wait longer than its client is likely to: see
/// <see cref="JobQueueOptions.AdaptiveMaxWait"/>.
/// </summary>
/// <remarks>
/// <para><b>By key.</b> Where the partitions belong to keys, each key is judged by its own clients. Most callers of a
/// crowd send few requests, so no key learns enough by itself. For them there is one limit of the whole queue. A key
/// counts for it with its first four wasted jobs, and five cut the limit at the earliest. So the clients of one key
/// alone cannot impose a limit on others.</para>
/// <para>A queue that has seen no wasted job pays for one look at a field, and only where a job waits or is placed. No
/// timestamp is taken. Guarded by the queue's lock.</para>
/// </remarks>
internal sealed class AdaptiveMaxWait(QueueConditions conditions, WaitingRoom room, WorkerLimit limit, QueueClock clock)
{
    private const int SharedPerKey = 4;

    // Null until a wasted job was seen.
    private LearnedPatience? _common;
    private KeyedPatience? _keys;

    /// <summary>
    /// Whether the settings switch it on. Overload control replaces it. With the newest first it is off, because the
    /// number of waiters does not tell the wait of a newcomer.
    /// </summary>
    public bool IsOn => conditions.Settings is
    {
        AdaptiveMaxWait: true, OverloadControl: false, Order: QueueProcessingOrder.OldestFirst,
    };

    /// <summary>The jobs that ran although their clients had left, as far as the queue was told.</summary>
    public long Wasted { get; private set; }

    /// <summary>Whether a newcomer is refused because its client would probably leave before it starts.</summary>
    /// <param name="job">The newcomer; null if it brings nothing.</param>
    /// <param name="source">Where it comes from. No client waits for a pushed job.</param>
    /// <param name="ran">The jobs that have ended so far.</param>
    public bool Refuses(JobRecord? job, JobSource source, long ran) =>
        _common is not null && source != JobSource.Push && IsOn
        && LimitFor(job?.Key, ran) is var longest && !double.IsPositiveInfinity(longest)
        && WaitEstimate.For(job, room, clock, conditions.State) > longest;

    /// <summary>
    /// The longest expected wait, in ticks, with which a newcomer is taken; infinite if there is none.
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
            // The key has wasted more jobs than it shares, so it is judged by itself.
            if (entry.Shared >= SharedPerKey)
                return double.PositiveInfinity;
        }
        _common.Probe(ran, conditions.MaxWait, pace);
        return _common.Limit;
    }

    /// <summary>A waiter starts.</summary>
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

    /// <summary>The client of a job that had waited left while the job held its worker.</summary>
    /// <param name="key">The key of the job.</param>
    /// <param name="waited">How long the job had waited, in ticks.</param>
    /// <param name="age">The age of the request when its client left, in ticks.</param>
    /// <param name="ran">The jobs that have ended so far.</param>
    public void OnWasted(string? key, long waited, long age, long ran)
    {
        Wasted++;
        // A client that left although the wait was shorter than the work did not leave because of the wait.
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

    /// <summary>What was learned, for snapshots; null while it is switched off.</summary>
    /// <param name="abandoned">The jobs that their callers abandoned while they waited.</param>
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

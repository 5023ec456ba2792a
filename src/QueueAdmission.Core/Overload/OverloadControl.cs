namespace QueueAdmission;

/// <summary>Decides when a queue is a standing one, and how long a job may wait in it.</summary>
/// <remarks>
/// <para>The idea is Facebook's ("Fail at Scale", ACM Queue 2015). While a queue stands, it serves the newest job
/// first, with a short limit on the wait. Otherwise it serves in turn, without that limit. The sign of a standing queue
/// is CoDel's (RFC 8289). It is not the length: the waits stay long for an interval, which those of a burst do
/// not.</para>
/// <para>Both sources use 5 ms and 100 ms, which are times of a network. In a healthy queue at 90 % load, with jobs of
/// 10 ms on 8 workers, waits of 5 ms are the rule. So the times follow from the queue itself. Their unit is the time in
/// which it finishes one job: <em>m</em> = 1 ÷ drain rate = mean service time ÷ workers.</para>
/// <para>At a load ρ, waits are longer than t with the probability C·e^(−(1 − ρ)·t ÷ m), C ≤ 1 (Erlang's formula). At
/// 90 % load, one wait in 8,000 exceeds the interval of 90·m, and it would also have to last. The target of 30·m is a
/// third of the interval. It is long enough that no worker becomes idle for lack of waiters: with 20 % too much load,
/// that happens by chance in one of e^6 moments. It is short enough that the rest of a rush is answered at once when
/// the rush ends.</para>
/// <para>The target is at most a tenth of MaxWait, so that waits stay small compared to the longest allowed one. It is
/// at least one mean service time (or half of MaxWait): a wait as long as the work is no overload.</para>
/// <para>A rush is also seen by its demand, before the waits are long: see <see cref="RushSign"/>.</para>
/// <para>Where the partitions belong to keys, each is judged by itself, as in FQ-CoDel (RFC 8290). A rush of one client
/// says nothing about the others.</para>
/// <para>Guarded by the queue's lock. It takes no timestamps of its own.</para>
/// </remarks>
internal sealed class OverloadControl
{
    private const double TargetInJobs = 30;
    private const double TargetsInInterval = 3;

    private StandingQueue _queue;
    private RushSign _rush;
    private long? _target;
    private long? _interval;

    /// <summary>How long a job may wait in a standing queue, in ticks of the clock.</summary>
    public long Target { get; private set; } = long.MaxValue;

    /// <summary>
    /// The time for which waits have to be long until the queue counts as standing. It is also the limit above which a
    /// wait is long.
    /// </summary>
    public long Interval { get; private set; } = long.MaxValue;

    /// <summary>Whether the queue as a whole stands.</summary>
    public bool IsStanding => _queue.IsStanding;

    /// <summary>How long a job may wait now, in ticks of the clock.</summary>
    public long WaitLimit => IsStanding ? Target : long.MaxValue;

    /// <summary>Looks at the longest wait in the whole queue; zero if no job waits.</summary>
    public void Observe(long now, long longestWait)
    {
        if (longestWait == 0)
            _rush.Reset();
        _queue.Observe(now, longestWait, Target, Interval);
    }

    /// <summary>Looks at the demand, which shows a rush before the waits do.</summary>
    /// <param name="ended">The jobs that have ended so far.</param>
    /// <param name="demand">The jobs that wait, and those that were refused or left so far.</param>
    /// <param name="waiting">The jobs that wait.</param>
    public void ObserveDemand(long ended, long demand, int waiting)
    {
        if (_rush.Observe(ended, demand, waiting))
            _queue.Begin();
    }

    /// <summary>Takes over what the settings say.</summary>
    /// <param name="target">In ticks; null to derive it.</param>
    /// <param name="interval">In ticks; null to derive it.</param>
    public void Configure(long? target, long? interval) => (_target, _interval) = (target, interval);

    /// <summary>Sets the times to what settings and measurements say now.</summary>
    /// <param name="ticksPerJob">
    /// The mean time from one job's end to the next, in ticks; infinite while it is unknown.
    /// </param>
    /// <param name="workers">The limit in force.</param>
    /// <param name="maxWait">The maximum wait, in ticks.</param>
    public void Tune(double ticksPerJob, int workers, long maxWait)
    {
        // A limit of 0 times an unknown time is not a number.
        var min = Math.Min(ticksPerJob * Math.Max(1, workers), maxWait / 2.0);
        Target = _target ?? ToTicks(Math.Max(min, Math.Min(TargetInJobs * ticksPerJob, maxWait / 10.0)));
        Interval = _interval ?? ToTicks(TargetsInInterval * Target);
    }

    private static long ToTicks(double ticks) => ticks < long.MaxValue / 2 ? (long)ticks : long.MaxValue / 2;
}

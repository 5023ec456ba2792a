namespace QueueAdmission;

/// <summary>
/// Decides whether a queue is a standing queue, and how long a job may wait in it. A standing queue is one whose waits
/// stay long, in contrast to a queue that only absorbs a burst.
/// </summary>
/// <remarks>
/// <para>The method is that of Facebook ("Fail at Scale", ACM Queue 2015). A standing queue serves the newest job
/// first, with a short limit on the wait. Any other queue serves its jobs in order, without that limit. The criterion
/// for a standing queue is that of CoDel (RFC 8289). It is not the length of the queue, but that the waits stay long
/// for a whole interval. The waits of a burst do not.</para>
/// <para>Both sources use times of 5 ms and 100 ms, which suit a network. In a healthy queue at 90 % load, with jobs of
/// 10 ms on 8 workers, waits of 5 ms are common. The times here are therefore derived from the queue. Their unit
/// <em>m</em> is the mean time in which the queue completes one job: <em>m</em> = 1 ÷ drain rate = mean service time ÷
/// workers.</para>
/// <para><b>Interval.</b> At a load ρ, a wait exceeds t with the probability C·e^(−(1 − ρ)·t ÷ m), with C ≤ 1 (Erlang C
/// formula). At 90 % load, at most one wait in 8,000 exceeds the interval of 90·m, and the waits would also have to
/// stay that long.</para>
/// <para><b>Target.</b> The target of 30·m is a third of the interval. It is long enough that no worker becomes idle
/// for lack of waiting jobs: at 120 % load, this happens by chance only in one of e^6 ≈ 400 moments. It is short enough
/// that the remaining jobs of a rush are answered immediately when the rush ends.</para>
/// <para>The target is at most a tenth of MaxWait, so that waits stay small compared with the longest allowed wait. It
/// is at least one mean service time (or half of MaxWait, if that is shorter), because a wait as long as the work
/// itself is no overload.</para>
/// <para>A rush is also detected from its demand, before the waits are long: see <see cref="RushSign"/>.</para>
/// <para>If the partitions belong to keys, each line is judged separately, as in FQ-CoDel (RFC 8290): see
/// <see cref="LineWatch"/>. A rush of one client says nothing about the other clients.</para>
/// <para>Guarded by the queue's lock. The class takes no timestamps.</para>
/// </remarks>
internal sealed class OverloadControl
{
    private const double TargetInJobs = 30;
    private const double TargetsInInterval = 3;

    private StandingQueue _queue;
    private RushSign _rush;
    private long? _target;
    private long? _interval;

    /// <summary>The time for which a job may wait in a standing queue, in ticks of the clock.</summary>
    public long Target { get; private set; } = long.MaxValue;

    /// <summary>
    /// The time for which the waits must be long until the queue counts as standing, in ticks of the clock. A wait is
    /// long from this same time on.
    /// </summary>
    public long Interval { get; private set; } = long.MaxValue;

    /// <summary>Whether the queue as a whole is a standing queue.</summary>
    public bool IsStanding => _queue.IsStanding;

    /// <summary>The time for which a job may wait at present, in ticks of the clock.</summary>
    public long WaitLimit => IsStanding ? Target : long.MaxValue;

    /// <summary>Updates the state with the longest wait in the whole queue; zero if no job waits.</summary>
    public void Observe(long now, long longestWait)
    {
        if (longestWait == 0)
            _rush.Reset();
        _queue.Observe(now, longestWait, Target, Interval);
    }

    /// <summary>Updates the state with the demand, which shows a rush earlier than the waits.</summary>
    /// <param name="ended">The number of jobs that have ended so far.</param>
    /// <param name="demand">
    /// The number of jobs that wait now, plus those that have been refused or have left so far.
    /// </param>
    /// <param name="waiting">The number of jobs that wait.</param>
    public void ObserveDemand(long ended, long demand, int waiting)
    {
        if (_rush.Observe(ended, demand, waiting))
            _queue.Begin();
    }

    /// <summary>Applies the times from the settings.</summary>
    /// <param name="target">The target in ticks; null to derive it.</param>
    /// <param name="interval">The interval in ticks; null to derive it.</param>
    public void Configure(long? target, long? interval) => (_target, _interval) = (target, interval);

    /// <summary>Updates the times from the settings and the current measurements.</summary>
    /// <param name="ticksPerJob">
    /// The mean time between the ends of two successive jobs, in ticks. Infinite if it is unknown.
    /// </param>
    /// <param name="workers">The number of workers in force.</param>
    /// <param name="maxWait">The maximum wait, in ticks.</param>
    public void Tune(double ticksPerJob, int workers, long maxWait)
    {
        // Without Max, 0 workers × an infinite time would be NaN.
        var min = Math.Min(ticksPerJob * Math.Max(1, workers), maxWait / 2.0);
        Target = _target ?? ToTicks(Math.Max(min, Math.Min(TargetInJobs * ticksPerJob, maxWait / 10.0)));
        Interval = _interval ?? ToTicks(TargetsInInterval * Target);
    }

    private static long ToTicks(double ticks) => ticks < long.MaxValue / 2 ? (long)ticks : long.MaxValue / 2;
}

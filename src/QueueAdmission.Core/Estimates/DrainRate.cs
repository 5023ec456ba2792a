namespace QueueAdmission;

/// <summary>How many jobs a second the queue finishes while it is busy.</summary>
/// <remarks>
/// <para>Only time in which all workers are busy counts. The rate of an idle queue says how many jobs come, not how
/// many it can serve. The busy spans are added up. Every tenth of a busy second, the average takes them in with the
/// weight 1 − e^(−span ÷ 3 s). The result is an exponential moving average over about the last three busy seconds,
/// whatever the sampling.</para>
/// <para>Guarded by the queue's lock. It takes no timestamps of its own.</para>
/// </remarks>
internal sealed class DrainRate(long ticksPerSecond)
{
    private const double MemorySeconds = 3;

    private readonly long _fold = ticksPerSecond / 10;
    private long _since = -1;
    private long _ranSince;
    private long _busyTicks;
    private long _busyRan;

    /// <summary>Jobs per second; 0 until a tenth of a busy second has been seen.</summary>
    public double PerSecond { get; private set; }

    /// <summary>
    /// Takes a sample of a busy queue. Until <paramref name="now"/>, <paramref name="ran"/> jobs have ended.
    /// </summary>
    public void Sample(long now, long ran)
    {
        if (_since >= 0)
        {
            _busyTicks += now - _since;
            _busyRan += ran - _ranSince;
            if (_busyTicks >= _fold)
                Fold();
        }
        _since = now;
        _ranSince = ran;
    }

    /// <summary>
    /// Called when the queue is no longer busy, so that the time until the next sample does not count.
    /// </summary>
    public void Forget() => _since = -1;

    private void Fold()
    {
        var seconds = (double)_busyTicks / ticksPerSecond;
        var measured = _busyRan / seconds;
        PerSecond = PerSecond == 0
            ? measured
            : PerSecond + ((1 - Math.Exp(-seconds / MemorySeconds)) * (measured - PerSecond));
        _busyTicks = 0;
        _busyRan = 0;
    }
}

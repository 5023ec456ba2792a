namespace QueueAdmission;

/// <summary>Measures the drain rate: the number of jobs that a queue finishes per second while it is busy.</summary>
/// <remarks>
/// <para>Only time in which all workers are busy counts. If workers are idle, the rate shows how many jobs arrive, not
/// how many the queue can serve. The busy time spans are summed. When the sum has reached a tenth of a second, it is
/// added to the average with the weight 1 − e^(−span ÷ 3 s). The result is an exponential moving average over about the
/// last three busy seconds, regardless of how often samples are taken.</para>
/// <para>Guarded by the queue's lock. The class takes no timestamps.</para>
/// </remarks>
internal sealed class DrainRate(long ticksPerSecond)
{
    private const double MemorySeconds = 3;

    private readonly long _fold = ticksPerSecond / 10;
    private long _since = -1;
    private long _ranSince;
    private long _busyTicks;
    private long _busyRan;

    /// <summary>The number of jobs per second. 0 until the queue has been busy for a tenth of a second.</summary>
    public double PerSecond { get; private set; }

    /// <summary>
    /// Takes a sample of a busy queue. Up to the time <paramref name="now"/>, <paramref name="ran"/> jobs have ended.
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

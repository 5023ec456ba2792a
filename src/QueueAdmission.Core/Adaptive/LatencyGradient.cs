namespace QueueAdmission;

/// <summary>
/// Finds how many workers a backend can serve, from the effect of their number on the latency of the handlers.
/// </summary>
/// <remarks>
/// <para>Up to its limit, a backend serves each job as fast as it can. Beyond the limit, jobs only take longer. Let
/// <em>L₀</em> be the latency of an uncrowded backend, and <em>L</em> that of the last window. Then n·L₀ ÷ L of n jobs
/// are being served (Little's law), and the others form a line inside the backend.</para>
/// <para>That is the gradient of Netflix's concurrency-limits (<c>GradientLimit</c>) and the bandwidth-delay product of
/// TCP BBR. It reaches a halved limit in one window. AIMD does not use how much slower the jobs are, so it needs one
/// window for each step.</para>
/// <para><b>Headroom</b>: a little more than what is being served, to notice when more is possible. It doubles from
/// window to window while nothing becomes slower.</para>
/// <para><b>Probing</b>: at times one window has fewer workers, because the uncrowded latency shows only then
/// (<c>GradientLimit</c>'s probe, BBR's <c>ProbeRTT</c>). A baseline that follows the average would drift upwards with
/// a crowd, which is the known weakness of <c>Gradient2Limit</c>.</para>
/// <para><b>A test of the cause</b>: clearly fewer jobs at once may not become faster. Then the crowd was not the
/// cause. The work itself is slower, and its latency is the new baseline.</para>
/// <para>The class uses neither a clock nor a queue. It is called once a window.</para>
/// </remarks>
internal sealed class LatencyGradient(int start)
{
    /// <summary>The smallest factor by which one window lowers the number of workers.</summary>
    private const double SteepestFall = 0.5;

    /// <summary>
    /// The factor for the number of workers after a reported overload. It lies between 0.7 (TCP CUBIC) and 0.9
    /// (Netflix's concurrency limits). TCP Reno's 0.5 assumes a full buffer.
    /// </summary>
    private const double AfterOverload = 0.75;

    private const double ProbeShare = 0.75;
    private const int WindowsBetweenProbes = 40;

    /// <summary>
    /// Latencies up to this factor above the baseline still count as uncrowded, because the mean of a window is a
    /// sample.
    /// </summary>
    private const double Tolerance = 1.05;

    /// <summary>
    /// The part of the way by which one window with a lower latency moves the baseline down. The smallest of many
    /// samples is too small, so the baseline does not move all the way.
    /// </summary>
    private const double BaselineDecreaseShare = 0.1;

    private const double HeadroomShare = 1.0 / 16;
    private const int MaxDoublings = 2;

    private double _workers = start;
    private double _baseline;
    private double _before;
    private double _latencyBefore;
    private double _resumeAt;
    private int _doublings;
    private int _untilProbe = 1;

    /// <summary>The number of workers for the next window.</summary>
    /// <param name="latency">The mean latency of the window that has just ended, in any unit.</param>
    /// <param name="overloaded">Whether a handler said in this window that what it calls is overloaded.</param>
    /// <param name="min">The smallest answer.</param>
    /// <param name="max">The largest answer.</param>
    public int Next(double latency, bool overloaded, int min, int max)
    {
        // A coarse clock sees jobs that take no time.
        latency = Math.Max(latency, 1);
        LearnBaseline(latency);
        var now = _workers;
        _workers = Math.Clamp(overloaded ? BackOff() : Step(latency), min, max);
        _before = now;
        _latencyBefore = latency;
        return (int)Math.Round(_workers);
    }

    private void LearnBaseline(double latency)
    {
        if (_baseline == 0)
            _baseline = latency;
        else if (HadFewerWorkers && IsFasterWithFewer(latency))
            _baseline = Math.Min(_baseline, latency);
        else if (HadFewerWorkers)
            _baseline = _resumeAt > 0 ? (_baseline + latency) / 2 : latency;
        else if (latency < _baseline)
            _baseline += BaselineDecreaseShare * (latency - _baseline);
    }

    private bool HadFewerWorkers => _workers < _before * 0.85;

    /// <summary>
    /// Whether the latency fell when there were fewer workers. It has to fall by at least half of what a shared
    /// bottleneck would cause.
    /// </summary>
    private bool IsFasterWithFewer(double latency) => latency < _latencyBefore * (1 + (_workers / _before)) / 2;

    private double Step(double latency)
    {
        if (_resumeAt > 0)
        {
            var resumed = _resumeAt;
            _resumeAt = 0;
            if (!IsFasterWithFewer(latency))
                return resumed;
            _untilProbe = 1;
        }
        if (--_untilProbe == 0)
        {
            _untilProbe = WindowsBetweenProbes;
            _resumeAt = _workers;
            return _workers * ProbeShare;
        }
        var gradient = Math.Clamp(Tolerance * _baseline / latency, SteepestFall, 1);
        _doublings = gradient == 1 ? Math.Min(_doublings + 1, MaxDoublings) : 0;
        return (_workers * gradient) + (Math.Max(1, _workers * HeadroomShare) * (1 << _doublings));
    }

    private double BackOff()
    {
        _doublings = 0;
        _resumeAt = 0;
        return _workers * AfterOverload;
    }
}

namespace QueueAdmission;

/// <summary>
/// Finds how many workers a backend can serve. It observes how the number of workers affects the latency of the jobs.
/// </summary>
/// <remarks>
/// <para>Up to its limit, a backend serves each job as fast as it can. Beyond the limit, more concurrent jobs only take
/// longer. Let <em>L₀</em> be the latency of the uncrowded backend (the baseline), and <em>L</em> the mean latency of
/// the last window. Of n concurrent jobs, the backend then serves n·L₀ ÷ L (Little's law). The others wait inside the
/// backend.</para>
/// <para>L₀ ÷ L is the gradient of Netflix's concurrency-limits library (<c>GradientLimit</c>). The product n·L₀ ÷ L
/// corresponds to the bandwidth-delay product of TCP BBR. If the capacity of the backend halves, this method adapts
/// within one window. AIMD (additive increase, multiplicative decrease) ignores how much slower the jobs are. It
/// therefore needs many windows, each with one fixed step.</para>
/// <para><b>Headroom.</b> The result is slightly above the number of jobs being served, to detect when the backend can
/// serve more. While the latency does not rise, the headroom doubles from window to window, up to four times its
/// size.</para>
/// <para><b>Probing.</b> At intervals, one window has fewer workers, because only then can the uncrowded latency be
/// measured. <c>GradientLimit</c> has the same probe, and BBR has <c>ProbeRTT</c>. A baseline that follows the average
/// latency would drift upwards in a crowded backend. This is the known weakness of <c>Gradient2Limit</c>.</para>
/// <para><b>Test of the cause.</b> If clearly fewer concurrent jobs do not become faster, the crowd was not the cause
/// of the latency. The work itself has become slower, and the measured latency is the new baseline.</para>
/// <para>The class depends on neither a clock nor a queue. It is called once per window.</para>
/// </remarks>
internal sealed class LatencyGradient(int start)
{
    /// <summary>
    /// The lower bound of the gradient. One window at most halves the number of workers, before the headroom is added.
    /// </summary>
    private const double SteepestFall = 0.5;

    /// <summary>
    /// The factor by which a reported overload reduces the number of workers. It is between the factors of TCP CUBIC
    /// (0.7) and of Netflix's concurrency-limits (0.9). The factor 0.5 of TCP Reno assumes a full buffer.
    /// </summary>
    private const double AfterOverload = 0.75;

    private const double ProbeShare = 0.75;
    private const int WindowsBetweenProbes = 40;

    /// <summary>
    /// Latencies of up to this factor times the baseline still count as uncrowded, because the mean of a window is only
    /// a sample.
    /// </summary>
    private const double Tolerance = 1.05;

    /// <summary>
    /// A window with a latency below the baseline lowers the baseline by this share of the difference. It does not
    /// lower the baseline to that latency, because the smallest of many samples underestimates the true value.
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

    /// <summary>Returns the number of workers for the next window.</summary>
    /// <param name="latency">The mean latency of the window that has just ended, in any unit.</param>
    /// <param name="overloaded">Whether a job in this window reported that a service it calls is overloaded.</param>
    /// <param name="min">The smallest number of workers to return.</param>
    /// <param name="max">The largest number of workers to return.</param>
    public int Next(double latency, bool overloaded, int min, int max)
    {
        // With a coarse clock, the measured latency can be zero.
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
    /// Returns true if the latency fell after the number of workers was reduced. The fall must be at least half of the
    /// fall that a shared bottleneck would cause.
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

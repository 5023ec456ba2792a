namespace QueueAdmission;

/// <summary>A window of latencies. It collects the latencies of a queue's jobs until their mean is reliable.</summary>
internal struct LatencyWindow
{
    private const int MinJobs = 100;
    private const int MaxJobs = 2_000;

    // A round is one job per worker. The minimum ensures that a change of the number of workers affects most jobs of a
    // window.
    private const int MinRounds = 10;
    private const int MaxRounds = 100;

    /// <summary>
    /// The relative standard error of the mean at which a window is complete. Exponentially distributed latencies reach
    /// it after 625 jobs.
    /// </summary>
    private const double Precision = 0.04;

    private int _jobs;
    private int _jobsAtTheLimit;
    private double _sum;
    private double _sumOfSquares;

    /// <summary>Whether a job of this window reported overload.</summary>
    public bool Overloaded;

    public readonly double MeanLatency => _sum / _jobs;

    /// <summary>
    /// Whether most jobs ended while all workers were busy. Otherwise the number of workers did not affect the latency,
    /// and the window leaves the number unchanged.
    /// </summary>
    public readonly bool LimitWasUsed => _jobsAtTheLimit * 2 > _jobs;

    public void Add(long latency, bool atTheLimit)
    {
        _jobs++;
        _jobsAtTheLimit += atTheLimit ? 1 : 0;
        _sum += latency;
        _sumOfSquares += (double)latency * latency;
    }

    public readonly bool IsComplete(int workers) =>
        _jobs >= Math.Max(MinJobs, MinRounds * workers)
        && (IsPrecise || _jobs >= Math.Min(MaxJobs, MinJobs + (MaxRounds * workers)) || Overloaded);

    private readonly bool IsPrecise =>
        (_sumOfSquares * _jobs) - (_sum * _sum) <= Precision * Precision * _jobs * _sum * _sum;
}

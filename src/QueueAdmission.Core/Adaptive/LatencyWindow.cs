namespace QueueAdmission;

/// <summary>Collects the latencies of a queue's jobs until there are enough to say something.</summary>
internal sealed class LatencyWindow
{
    private const int LeastRoundsOfWorkers = 10;
    private const int LeastJobs = 100;
    private const int MostRoundsOfWorkers = 100;
    private const int MostJobs = 2_000;

    /// <summary>The standard error of the mean, relative to it, at which a window has told enough.</summary>
    private const double Precision = 0.04;

    private readonly Lock _lock = new();
    private double _sum;
    private double _sumOfSquares;
    private int _jobs;
    private int _jobsAtTheLimit;
    private bool _overloaded;

    /// <summary>Adds one job.</summary>
    /// <param name="latency">How long it held its worker.</param>
    /// <param name="atTheLimit">Whether all workers were busy when it ended.</param>
    /// <param name="workers">The workers in force.</param>
    /// <param name="summary">The window, if this job completes it.</param>
    /// <returns>Whether the job completes a window.</returns>
    public bool Add(long latency, bool atTheLimit, int workers, out WindowSummary summary)
    {
        lock (_lock)
        {
            _sum += latency;
            _sumOfSquares += (double)latency * latency;
            _jobs++;
            if (atTheLimit)
                _jobsAtTheLimit++;
            summary = new WindowSummary(_sum / _jobs, _jobsAtTheLimit * 2 > _jobs, _overloaded);
            if (_jobs < Math.Max(LeastJobs, LeastRoundsOfWorkers * workers) || !(IsPreciseLocked || _jobs >= Math.Min(MostJobs, LeastJobs + (MostRoundsOfWorkers * workers))))
                return false;
            ClearLocked();
            return true;
        }
    }

    public void Overload()
    {
        lock (_lock)
            _overloaded = true;
    }

    private bool IsPreciseLocked => (_sumOfSquares * _jobs) - (_sum * _sum) <= Precision * Precision * _jobs * _sum * _sum;

    private void ClearLocked()
    {
        _sum = 0;
        _sumOfSquares = 0;
        _jobs = 0;
        _jobsAtTheLimit = 0;
        _overloaded = false;
    }
}

/// <summary>What a window tells.</summary>
/// <param name="MeanLatency">In the clock's ticks.</param>
/// <param name="LimitWasUsed">Whether more than half of the jobs ended while all workers were busy. Otherwise the number of workers made no difference.</param>
/// <param name="Overloaded">Whether a handler reported overload.</param>
internal readonly record struct WindowSummary(double MeanLatency, bool LimitWasUsed, bool Overloaded);

namespace QueueAdmission;

/// <summary>Finds the number of workers that the jobs' own latency asks for.</summary>
/// <param name="start">The number to start from.</param>
internal sealed class AdaptiveWorkers(int start)
{
    private readonly Lock _lock = new();
    private readonly LatencyGradient _gradient = new(start);
    private LatencyWindow _window;

    /// <summary>
    /// Called when a job reports that a service it calls is overloaded. The present window then ends with fewer
    /// workers, however fast its jobs were.
    /// </summary>
    public void ReportOverload()
    {
        lock (_lock)
            _window.Overloaded = true;
    }

    /// <summary>Adds the latency of one job to the current window.</summary>
    /// <param name="latency">How long the job held its worker, in ticks.</param>
    /// <param name="isAtTheLimit">Whether the number found here was in force, and no worker was free.</param>
    /// <param name="limit">The limit in force.</param>
    /// <param name="settings">The settings in force.</param>
    /// <returns>The number of workers to have from now on; null while there is nothing new.</returns>
    public int? Report(long latency, bool isAtTheLimit, int limit, JobQueueOptions settings)
    {
        lock (_lock)
        {
            _window.Add(latency, isAtTheLimit);
            if (!_window.IsComplete(limit))
                return null;
            var window = _window;
            _window = default;
            return window.LimitWasUsed || window.Overloaded
                ? _gradient.Next(window.MeanLatency, window.Overloaded, settings.MinWorkers, settings.MaxWorkers)
                : null;
        }
    }
}

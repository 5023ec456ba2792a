namespace QueueAdmission;

/// <summary>
/// Finds the number of workers from the latencies that jobs report. It collects them in windows and passes the mean of
/// each complete window to a <see cref="LatencyGradient"/>.
/// </summary>
/// <param name="start">The number to start from.</param>
internal sealed class AdaptiveWorkers(int start)
{
    private readonly Lock _lock = new();
    private readonly LatencyGradient _gradient = new(start);
    private LatencyWindow _window;

    /// <summary>
    /// Called when a job reports that a service it calls is overloaded. At the end of the current window, the number of
    /// workers is then reduced, however fast the jobs were.
    /// </summary>
    public void ReportOverload()
    {
        lock (_lock)
            _window.Overloaded = true;
    }

    /// <summary>Adds the latency of one job to the current window.</summary>
    /// <param name="latency">How long the job held its worker, in ticks.</param>
    /// <param name="isAtTheLimit">
    /// Whether no worker was free, and no lower cap than the one found here was in force.
    /// </param>
    /// <param name="limit">The number of workers in force.</param>
    /// <param name="settings">The settings in force.</param>
    /// <returns>
    /// The number of workers to use from now on. Null if the window is not complete, or if it does not change the
    /// number.
    /// </returns>
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

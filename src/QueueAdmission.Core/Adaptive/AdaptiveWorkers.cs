namespace QueueAdmission;

/// <summary>Finds the number of workers that the jobs' own latency asks for.</summary>
internal sealed class AdaptiveWorkers(int start)
{
    private readonly Lock _lock = new();
    private readonly LatencyGradient _gradient = new(start);
    private LatencyWindow _window;

    /// <summary>The number it was given to start from.</summary>
    public int Start => start;

    /// <summary>What the jobs call is overloaded: the present window ends with fewer workers, however fast its jobs were.</summary>
    public void ReportOverload()
    {
        lock (_lock)
            _window.Overloaded = true;
    }

    /// <summary>Takes in the latency of one job.</summary>
    /// <returns>The number of workers to have from now on.</returns>
    public int Report(long latency, bool atTheLimit, JobQueueOptions settings)
    {
        lock (_lock)
        {
            _window.Add(latency, atTheLimit);
            if (!_window.IsComplete(settings.Workers))
                return settings.Workers;
            var window = _window;
            _window = default;
            return window.LimitWasUsed || window.Overloaded
                ? _gradient.Next(window.MeanLatency, window.Overloaded, settings.MinWorkers, settings.MaxWorkers)
                : settings.Workers;
        }
    }
}

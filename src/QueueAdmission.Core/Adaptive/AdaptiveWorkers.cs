namespace QueueAdmission;

/// <summary>Finds the number of workers that the handlers' own latency asks for.</summary>
internal sealed class AdaptiveWorkers(int start)
{
    private readonly LatencyWindow _window = new();
    private readonly LatencyGradient _gradient = new(start);

    /// <summary>The jobs' backend is overloaded: the present window ends with fewer workers, however fast the jobs were.</summary>
    public void ReportOverload() => _window.Overload();

    /// <summary>Takes in the latency of one job.</summary>
    /// <returns>The number of workers to have from now on; 0 if it stays.</returns>
    public int Report(long latency, bool atTheLimit, int workers, int least, int most)
    {
        if (!_window.Add(latency, atTheLimit, workers, out var summary) || !(summary.LimitWasUsed || summary.Overloaded))
            return 0;
        // Windows end one at a time: the next one needs at least a hundred jobs.
        var next = _gradient.Next(summary.MeanLatency, summary.Overloaded, least, most);
        return next == workers ? 0 : next;
    }
}

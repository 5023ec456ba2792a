namespace QueueAdmission;

public sealed partial class JobQueue
{
    private AdaptiveWorkers? _adaptive;
    private int _least;
    private int _most;

    internal bool MeasuresLatency => _adaptive is not null;

    internal void Adapt(int least, int most)
    {
        _adaptive = new AdaptiveWorkers(_settings.Workers);
        (_least, _most) = (least, most);
    }

    internal void ReportLatency(long ticks)
    {
        if (_adaptive is not { } adaptive)
            return;
        var atTheLimit = WorkerWord.Free(Volatile.Read(ref _word)) <= 0;
        var workers = adaptive.Report(ticks, atTheLimit, Settings.Workers, _least, _most);
        if (workers > 0)
            Update(settings => settings.Workers = workers);
    }
}

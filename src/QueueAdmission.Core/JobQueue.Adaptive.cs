namespace QueueAdmission;

// Workers that follow the handlers' latency. A queue that did not ask for it has no controller, and takes no timestamps.
public sealed partial class JobQueue
{
    private AdaptiveWorkers? _adaptive;

    /// <summary>Whether jobs should be timed: from having got a worker to having given it back.</summary>
    internal bool MeasuresLatency => Volatile.Read(ref _adaptive) is not null;

    /// <summary>A job that is comparable to the others has ended well. Called before its worker is given back.</summary>
    /// <param name="latency">How long it held its worker, in ticks of the queue's clock.</param>
    internal void ReportLatency(long latency)
    {
        if (Volatile.Read(ref _adaptive) is not { } adaptive)
            return;
        var settings = Settings;
        // Switched off or on this very moment: then the bounds are not for it.
        if (!settings.FindsWorkers)
            return;
        var atTheLimit = _slots.Free <= 0;
        var workers = adaptive.Report(latency, atTheLimit, settings);
        if (workers != settings.Workers)
            Follow(adaptive, workers);
    }

    /// <summary>A job says that what it calls is overloaded.</summary>
    internal void ReportOverload() => Volatile.Read(ref _adaptive)?.ReportOverload();

    private void Follow(AdaptiveWorkers adaptive, int workers)
    {
        // Code that changes settings may wait for this very job. It need not: the next window says it again.
        if (!_updates.TryEnter())
            return;
        try
        {
            // Meanwhile the queue may have other bounds, or be switched to a fixed number. Inside a callback of Update this thread has the lock
            // already, and the callback's copy of the settings would undo the step.
            if (_adaptive != adaptive || _isChanging)
                return;
            var settings = _settings.Clone();
            settings.Workers = Math.Clamp(workers, settings.MinWorkers, settings.MaxWorkers);
            try
            {
                Apply(settings);
            }
            catch (ObjectDisposedException)
            {
                // The queue was closed while its last jobs ran. The number matters to nobody any more, least of all to the job that ends here.
            }
        }
        finally
        {
            _updates.Exit();
        }
    }

    /// <summary>Where new settings name no other number to start from, a queue that finds it itself goes on from the one it has, within the new bounds.</summary>
    /// <remarks>Called under the lock of the updates.</remarks>
    private void KeepFoundWorkers(JobQueueOptions settings)
    {
        if (settings.FindsWorkers && _adaptive is not null && settings.Workers == _settings.Workers && settings.MinWorkers <= settings.MaxWorkers)
            settings.Workers = Math.Clamp(settings.Workers, settings.MinWorkers, settings.MaxWorkers);
    }

    /// <summary>Begins anew where the settings ask for it, or name another number than the one in force.</summary>
    private void StartFollowing(JobQueueOptions settings, bool anew)
    {
        if (!settings.FindsWorkers)
            Volatile.Write(ref _adaptive, null);
        else if (_adaptive is null || anew)
            Volatile.Write(ref _adaptive, new AdaptiveWorkers(settings.Workers));
    }
}

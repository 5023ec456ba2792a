using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>Makes the queues be what configuration asks for, while they work.</summary>
internal sealed partial class LiveQueues(string section, QueueOverrides overrides, TimeProvider time, QueueMetrics? metrics, ILogger logger, ILogger requestLogger) : IDisposable
{
    private readonly Lock _gate = overrides.Gate;

    // Every queue there ever was: the object that has a name keeps it, so that whoever holds it has the right one when it comes back.
    private readonly Dictionary<string, AdmissionQueue> _all = new(QueueName.Comparer);
    private ConfiguredQueues? _configured;
    private volatile QueueSet _current = QueueSet.Empty;

    /// <summary>Raised after the set of queues or the fallback queue changed.</summary>
    public event Action? Changed;

    public QueueSet Current => _current;

    /// <summary>The queues that endpoints name: configuration cannot remove them.</summary>
    public QueuesInUse InUse { get; } = new();

    /// <summary>Where the value of a setting that is in force comes from.</summary>
    public SettingOrigin OriginOf(AdmissionQueue queue, QueueSetting setting)
    {
        lock (_gate)
        {
            if (overrides.Of(queue).Any(found => found.Lever.Name == setting.Key))
                return new(SettingSource.Override);
            if (_configured is null || !_configured.Queues.TryGetValue(queue.Name, out var configured))
                return new(SettingSource.BuiltIn);
            if (setting.Key == nameof(RequestQueueOptions.Workers) && queue.Queue.MeasuresLatency && setting.Show(configured) != setting.Show(queue.Settings))
                return new(SettingSource.Adaptive);
            return setting.Show(configured) == setting.Show(queue.Settings) ? _configured.Origins[queue.Name].Of(setting) : new(SettingSource.LiveUpdate);
        }
    }

    /// <summary>Puts the settings in force, or tells why not and changes nothing.</summary>
    public IReadOnlyList<string> TryApply(ConfiguredQueues next)
    {
        QueueSet before, after;
        // Outside the lock, because it lists endpoints, which runs code of the application.
        var inUse = InUse.Collect();
        lock (_gate)
        {
            var missing = _current.Queues
                .Where(queue => inUse.ContainsKey(queue.Name) && !next.Queues.ContainsKey(queue.Name))
                .Select(queue => $"{section}:Queues:{queue.Name} is gone, but an endpoint names this queue; put it back, or restart without that endpoint.")
                .ToList();
            if (missing.Count > 0)
                return missing;

            before = _current;
            after = new QueueSet([.. next.Queues.Select(queue => ChangeLocked(queue.Key, queue.Value, inUse))], next.FallbackQueue, next.FallbackExemptions);
            foreach (var queue in before.Queues.Except(after.Queues))
                RemoveLocked(queue);
            if (_configured is not null && before.Fallback != after.Fallback)
                LogFallbackChanged(logger, before.Fallback?.Name ?? "none", after.Fallback?.Name ?? "none");
            _configured = next;
            _current = after;
        }
        if (!before.Equals(after))
        {
            InUse.DecideAnew();
            Changed?.Invoke();
        }
        return [];
    }

    /// <summary>Refuses those who wait and all who come later, also in queues that were removed. Running jobs finish.</summary>
    public void RefuseAll()
    {
        lock (_gate)
        {
            foreach (var queue in _all.Values)
            {
                queue.Refusals.Stop();
                Drain(queue, rejectWaiting: true);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var queue in _all.Values)
            {
                queue.Refusals.Dispose();
                queue.Queue.Dispose();
            }
        }
    }

    private AdmissionQueue ChangeLocked(string name, RequestQueueOptions settings, IReadOnlyDictionary<string, int> inUse)
    {
        if (!_all.TryGetValue(name, out var queue))
        {
            _all.Add(name, queue = new AdmissionQueue(new JobQueue(settings, time, name), requestLogger));
            metrics?.Add(queue.Queue);
            if (_configured is not null)
                LogAdded(logger, name, settings.Workers);
            return queue;
        }
        // What counts is whether configuration changed since it was read last: settings that code changed meanwhile stay as they are.
        var configured = _configured!.Queues.GetValueOrDefault(name);
        if (configured is not null && QueueSetting.Differences(configured, settings).Length == 0)
            return queue;
        try
        {
            settings = overrides.LayOverLocked(queue, settings);
            var changes = QueueSetting.Differences(queue.Settings, settings);
            queue.Queue.Replace(settings);
            if (inUse.GetValueOrDefault(name) is var weight && weight > settings.MaxWeight)
                LogTooHeavy(logger, name, settings.MaxWeight, weight);
            if (configured is null)
            {
                queue.Queue.Resume();
                LogAddedAgain(logger, queue.Name, changes);
            }
            else
            {
                LogChanged(logger, queue.Name, changes);
            }
        }
        catch (ObjectDisposedException)
        {
            // Somebody it was injected into disposed it. It refuses everybody, whatever its settings are, and the others shall have theirs.
        }
        return queue;
    }

    private void RemoveLocked(AdmissionQueue queue)
    {
        overrides.EndAllLocked(queue);
        if (Drain(queue, rejectWaiting: false))
            LogRemoved(logger, queue.Name);
    }

    private static bool Drain(AdmissionQueue queue, bool rejectWaiting)
    {
        try
        {
            _ = queue.Queue.DrainAsync(rejectWaiting, CancellationToken.None);
            return true;
        }
        catch (ObjectDisposedException)
        {
            // As above; then it refuses everybody already.
            return false;
        }
    }

    [LoggerMessage(EventId = 42, EventName = "QueueAdded", Level = LogLevel.Information,
        Message = "Queue {Queue} was added, with {Workers} workers.")]
    private static partial void LogAdded(ILogger logger, string queue, int workers);

    [LoggerMessage(EventId = 43, EventName = "QueueChanged", Level = LogLevel.Information,
        Message = "Queue {Queue} has new settings: {Changes}.")]
    private static partial void LogChanged(ILogger logger, string queue, string changes);

    [LoggerMessage(EventId = 44, EventName = "QueueRemoved", Level = LogLevel.Information,
        Message = "Queue {Queue} was removed: it refuses newcomers, and those who wait or run finish.")]
    private static partial void LogRemoved(ILogger logger, string queue);

    [LoggerMessage(EventId = 45, EventName = "QueueAddedAgain", Level = LogLevel.Information,
        Message = "Queue {Queue} was added again and resumes. Changes: {Changes}.")]
    private static partial void LogAddedAgain(ILogger logger, string queue, string changes);

    [LoggerMessage(EventId = 47, EventName = "TooHeavy", Level = LogLevel.Warning,
        Message = "Queue {Queue} has {Workers} workers for one request now, but an endpoint needs {Weight} for each of its own (Weight): they make do with those there are.")]
    private static partial void LogTooHeavy(ILogger logger, string queue, int workers, int weight);

    [LoggerMessage(EventId = 46, EventName = "FallbackQueueChanged", Level = LogLevel.Information,
        Message = "The fallback queue changed: {Before} → {After}.")]
    private static partial void LogFallbackChanged(ILogger logger, string before, string after);
}

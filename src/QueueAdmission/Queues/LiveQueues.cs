using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>Adds, changes and removes queues as configuration describes, while the application runs.</summary>
internal sealed partial class LiveQueues(
    NameOwners names,
    SettingTable table,
    QueueOverrides overrides,
    TimeProvider time,
    QueueMetrics? metrics,
    IReadOnlyList<IJobQueueExtension> extensions,
    ILogger logger,
    ILogger requestLogger) : IDisposable
{
    private readonly Lock _gate = overrides.Gate;

    // All queues that have ever existed. A name always keeps the same object. If a removed queue is added again, code
    // that holds the object therefore has the right queue.
    private readonly Dictionary<string, RequestQueue> _all = new(QueueName.Comparer);
    private ConfiguredQueues? _configured;
    private volatile QueueSet _current = QueueSet.Empty;

    public QueueSet Current => _current;

    /// <summary>The queues that endpoints name. Configuration cannot remove them.</summary>
    public QueuesInUse InUse { get; } = new();

    /// <summary>All settings that a queue can have.</summary>
    public SettingTable Table => table;

    /// <summary>Returns the origin of the value that a setting has now.</summary>
    public SettingOrigin OriginOf(RequestQueue queue, QueueSetting setting)
    {
        lock (_gate)
        {
            return overrides.Of(queue).Any(found => !found.Target.IsLayer && found.Target.Name == setting.Key)
                ? new(SettingSource.Override)
                : queue.Live.OriginOf(setting);
        }
    }

    /// <summary>Changes the settings of a queue on behalf of code of the application.</summary>
    public void Update(RequestQueue queue, Action<RequestQueueOptions> change)
    {
        lock (_gate)
            queue.Live.Update(change);
        LogDealt(queue);
    }

    /// <summary>All queues that have existed, including removed ones.</summary>
    public IReadOnlyList<JobQueue> All
    {
        get
        {
            lock (_gate)
                return [.. _all.Values.Select(queue => queue.Queue)];
        }
    }

    /// <summary>
    /// Returns the queue as the middleware uses it, even if it has been removed. Returns null for a queue that does not
    /// belong to this object.
    /// </summary>
    public RequestQueue? FindEver(JobQueue queue)
    {
        lock (_gate)
            return _all.TryGetValue(queue.Name, out var found) && found.Queue == queue ? found : null;
    }

    /// <summary>Puts all settings in force, or returns the errors and changes nothing.</summary>
    /// <remarks>
    /// Only after all changes, when the lock has been released, log entries are written and the queues of endpoints are
    /// decided again. Both run foreign code, which may even change configuration again. Under the lock, foreign code
    /// runs only in listeners of <see cref="JobQueue.SettingsChanged"/> and in <see cref="IJobQueueExtension"/>.
    /// </remarks>
    public IReadOnlyList<string> TryApply(ConfiguredQueues next)
    {
        QueueSet before, after;
        var done = new List<Action>();
        // Called outside the lock, because listing endpoints runs code of the application.
        var inUse = InUse.Collect();
        lock (_gate)
        {
            var conflicts = FindConflictsLocked(next, inUse);
            if (conflicts.Count > 0)
                return conflicts;

            before = _current;
            var undo = new Stack<Action>();
            try
            {
                after = new QueueSet(
                    [.. next.Layers.Select(queue => ChangeLocked(queue.Key, queue.Value, inUse, undo, done))],
                    next.FallbackQueue,
                    next.FallbackExemptions);
                foreach (var queue in before.Queues.Except(after.Queues))
                    RemoveLocked(queue, undo, done);
            }
            catch (Exception exception) when (_configured is not null)
            {
                // The cause may be the clock, a callback that is changing the queue at this moment, or a fault of the
                // library.
                while (undo.TryPop(out var step))
                    ForeignCode.Run(step, static step => step());
                return [$"{names.Section} could not be applied: {exception.GetType().Name}: {exception.Message}"];
            }
            if (_configured is not null && before.Fallback != after.Fallback)
                done.Add(
                    () => LogFallbackChanged(logger, before.Fallback?.Name ?? "none", after.Fallback?.Name ?? "none"));
            _configured = next;
            _current = after;
            InUse.ForgetRecent();
        }
        foreach (var step in done)
            step();
        foreach (var queue in after.Queues)
            LogDealt(queue);
        if (!before.Equals(after))
            DecideAboutEndpoints();
        return [];
    }

    /// <summary>
    /// Refuses callers that wait, and later callers that would have to wait. Called when the application stops. Removed
    /// queues are included, because requests may still wait in them.
    /// </summary>
    public void RefuseCallers()
    {
        List<RequestQueue> queues;
        lock (_gate)
            queues = [.. _all.Values];
        foreach (var queue in queues)
        {
            queue.Refusals.Stop();
            queue.Queue.RefuseCallers();
        }
    }

    public void Dispose()
    {
        List<RequestQueue> queues;
        lock (_gate)
            queues = [.. _all.Values];
        foreach (var queue in queues)
        {
            queue.Refusals.Dispose();
            queue.Queue.Dispose();
            queue.Queue.GiveUpPushedJobs();
        }
    }

    /// <summary>Starts to drain a queue, without waiting for the end.</summary>
    /// <returns>False if the queue has been disposed. It then already refuses every job.</returns>
    public static bool Drain(JobQueue queue, bool rejectWaiting)
    {
        try
        {
            _ = queue.DrainAsync(rejectWaiting, CancellationToken.None);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private List<string> FindConflictsLocked(ConfiguredQueues next, IReadOnlyDictionary<string, int> inUse) =>
    [
        .. names.FindClashes(next.Queues.Keys),
        .. _current.Queues
            .Where(queue => inUse.ContainsKey(queue.Name) && !next.Queues.ContainsKey(queue.Name))
            .Select(queue =>
                $"{names.Section}:Queues:{queue.Name} was removed, but an endpoint names this queue; " +
                "restore it, or restart without that endpoint."),
    ];

    /// <summary>
    /// Decides the queues of endpoints again. This runs code of the application. If that code throws, the new settings
    /// stay in force.
    /// </summary>
    private void DecideAboutEndpoints()
    {
        try
        {
            InUse.DecideAgain();
        }
#pragma warning disable CA1031 // What endpoints of the application throw must not let an applied reload seem to fail.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotDecided(logger, exception);
        }
    }

    private RequestQueue ChangeLocked(
        string name,
        SettingLayers layers,
        IReadOnlyDictionary<string, int> inUse,
        Stack<Action> undo,
        List<Action> done)
    {
        if (!_all.TryGetValue(name, out var queue))
            return AddLocked(name, layers, undo, done);
        var isAddedAgain = !_configured!.Layers.ContainsKey(name);
        // Live changes by code stay in force until the configured values of the queue change.
        if (!isAddedAgain && !queue.Live.IsChangedBy(layers))
        {
            undo.Push(queue.Live.TakeOrigins(layers));
            return queue;
        }
        undo.Push(overrides.RememberLocked());
        undo.Push(queue.Live.Remember());
        try
        {
            var before = queue.Queue.Settings;
            var keepsOverrides = queue.Live.HaveRangeFor(layers);
            if (!keepsOverrides)
                overrides.DropSettingsLocked(queue, done);
            queue.Live.Configure(layers, keepsOverrides);
            var changes = table.DescribeChanges(before, queue.Queue.Settings);
            if (inUse.GetValueOrDefault(name) is var weight && queue.Settings.MaxWeight is var max && weight > max)
                done.Add(() => LogTooHeavy(logger, name, max, weight));
            if (isAddedAgain)
            {
                undo.Push(() => Drain(queue.Queue, rejectWaiting: false));
                queue.Queue.Resume();
                done.Add(() => LogAddedAgain(logger, queue.Name, changes));
            }
            else
            {
                done.Add(() => LogChanged(logger, queue.Name, changes));
            }
        }
        catch (ObjectDisposedException)
        {
            // Code of the application has disposed the queue. The queue refuses every job, whatever its settings are.
            // The other queues still get their settings.
        }
        return queue;
    }

    private RequestQueue AddLocked(string name, SettingLayers layers, Stack<Action> undo, List<Action> done)
    {
        var queue = new JobQueue(layers.Fold(), time, name);
        var added = new RequestQueue(queue, requestLogger, new LiveSettings(queue, table, layers));
        queue.BelongToApplication(table.All);
        // The queue default always exists, even if nothing uses it. It is shown and measured only after an endpoint or
        // a job has used it.
        queue.MayBeUnused = QueueName.Comparer.Equals(name, JobQueue.DefaultName);
        metrics?.Add(queue);
        foreach (var extension in extensions)
            extension.OnCreated(queue);
        _all.Add(name, added);
        undo.Push(() =>
        {
            _all.Remove(name);
            added.Refusals.Dispose();
            queue.Dispose();
        });
        if (_configured is not null)
            done.Add(() => LogAdded(logger, name, queue.Settings.Workers));
        return added;
    }

    private void RemoveLocked(RequestQueue queue, Stack<Action> undo, List<Action> done)
    {
        var state = queue.Queue.GetSnapshot().State;
        undo.Push(overrides.RememberLocked());
        undo.Push(queue.Live.Remember());
        overrides.EndAllLocked(queue, done);
        if (state != JobQueueState.Draining)
        {
            undo.Push(state == JobQueueState.Paused ? queue.Queue.Pause : queue.Queue.Resume);
            if (state == JobQueueState.Paused)
                undo.Push(queue.Queue.Resume);
        }
        if (Drain(queue.Queue, rejectWaiting: false))
            done.Add(() => LogRemoved(logger, queue.Name));
    }

    private void LogDealt(RequestQueue queue)
    {
        if (queue.Queue.Engine.Control.TakeDealt() is { } dealt)
            LogDealt(logger, queue.Name, dealt.Waiters, dealt.Duration.TotalMilliseconds);
    }

    [LoggerMessage(EventId = 42, EventName = "QueueAdded", Level = LogLevel.Information,
        Message = "Queue {Queue} was added, with {Workers} workers.")]
    private static partial void LogAdded(ILogger logger, string queue, int workers);

    [LoggerMessage(EventId = 43, EventName = "QueueChanged", Level = LogLevel.Information,
        Message = "Queue {Queue} has new settings: {Changes}.")]
    private static partial void LogChanged(ILogger logger, string queue, string changes);

    [LoggerMessage(EventId = 44, EventName = "QueueRemoved", Level = LogLevel.Information,
        Message = "Queue {Queue} was removed: it refuses newcomers, and the jobs that wait or run finish.")]
    private static partial void LogRemoved(ILogger logger, string queue);

    [LoggerMessage(EventId = 45, EventName = "QueueAddedAgain", Level = LogLevel.Information,
        Message = "Queue {Queue} was added again and resumes. Changes: {Changes}.")]
    private static partial void LogAddedAgain(ILogger logger, string queue, string changes);

    [LoggerMessage(EventId = 49, EventName = "WaitersDealtAgain", Level = LogLevel.Information,
        Message = "Queue {Queue} distributed its {Waiters} waiting jobs again for its new settings. That took " +
            "{Milliseconds:0.0} ms, during which the queue was blocked.")]
    private static partial void LogDealt(ILogger logger, string queue, int waiters, double milliseconds);

    [LoggerMessage(EventId = 48, EventName = "EndpointsNotDecided", Level = LogLevel.Error,
        Message = "A reload changed the queues, but the queues of the endpoints could not be determined again. " +
            "The endpoints keep their queues until the next change.")]
    private static partial void LogNotDecided(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 47, EventName = "TooHeavy", Level = LogLevel.Warning,
        Message = "A request in queue {Queue} can now have at most {Workers} workers, but an endpoint needs {Weight} " +
            "for each request (Weight). Its requests run with fewer workers.")]
    private static partial void LogTooHeavy(ILogger logger, string queue, int workers, int weight);

    [LoggerMessage(EventId = 46, EventName = "FallbackQueueChanged", Level = LogLevel.Information,
        Message = "The fallback queue changed: {Before} → {After}.")]
    private static partial void LogFallbackChanged(ILogger logger, string before, string after);
}

using Microsoft.Extensions.Logging;

namespace QueueAdmission;

/// <summary>
/// The temporary changes by operators, which take precedence over code and configuration. Every override ends
/// automatically, at the latest with the process. Then the underlying value applies again.
/// </summary>
/// <remarks>
/// A reload changes the underlying values of overridden settings. All other settings change at once. Reloads, live
/// updates and overrides take the same <see cref="Gate"/>. Therefore none of them puts settings in force that another
/// has just replaced.
/// </remarks>
/// <param name="targets">What can be overridden.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where overrides are logged.</param>
internal sealed partial class QueueOverrides(OverrideTargets targets, TimeProvider time, ILogger logger) : IDisposable
{
    public static readonly TimeSpan MinDuration = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan MaxDuration = TimeSpan.FromDays(1);

    private readonly List<QueueOverride> _overrides = [];
    private ITimer? _timer;
    private bool _closed;

    /// <summary>The lock that protects the settings of queues. Log providers are not called while it is held.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The values that can be overridden.</summary>
    public OverrideTargets Targets => targets;

    /// <summary>Returns the overrides of a queue, in the order of the targets.</summary>
    public IReadOnlyList<QueueOverride> Of(RequestQueue queue)
    {
        lock (Gate)
        {
            return
            [
                .. targets.All
                    .Select(target => FindLocked(queue, target))
                    .OfType<QueueOverride>()
                    .Select(found => found with { Underlying = found.Target.ReadUnderlying(queue, found) }),
            ];
        }
    }

    /// <summary>Overrides a value for a limited time. Replaces an existing override of the same target.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The value is out of its range; nothing was changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The state of the queue does not allow the change, or the application is stopping; nothing was changed.
    /// </exception>
    public QueueOverride Set(RequestQueue queue, OverrideTarget target, string value, TimeSpan duration, string by)
    {
        QueueOverride added;
        lock (Gate)
        {
            if (_closed)
                throw new InvalidOperationException("The application is stopping.");
            var former = FindLocked(queue, target);
            var underlying = target.ReadUnderlying(queue, former);
            target.Set(queue, value);
            var now = time.GetUtcNow();
            added = new QueueOverride(
                queue,
                target,
                target.Read(queue),
                underlying,
                by,
                now,
                now + duration,
                time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency));
            if (former is not null)
                _overrides.Remove(former);
            _overrides.Add(added);
            ArmLocked();
        }
        LogSet(logger, queue.Name, target.Name, added.Underlying, added.Value, by, added.Until);
        return added;
    }

    /// <summary>Ends an override early.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Undo(RequestQueue queue, OverrideTarget target, string by)
    {
        string value;
        lock (Gate)
        {
            if (FindLocked(queue, target) is not { } found)
                return false;
            EndLocked(found);
            ArmLocked();
            value = target.Read(queue);
        }
        LogUndone(logger, queue.Name, target.Name, by, value);
        return true;
    }

    /// <summary>Remembers the current overrides.</summary>
    /// <returns>A function that restores them. Call it under the gate.</returns>
    public Action RememberLocked()
    {
        List<QueueOverride> remembered = [.. _overrides];
        return () =>
        {
            var ended = remembered.Except(_overrides).ToList();
            _overrides.Clear();
            _overrides.AddRange(remembered);
            ArmLocked();
            foreach (var reinstated in ended)
                reinstated.Target.Reinstate(reinstated);
        };
    }

    /// <summary>
    /// Removes the overrides of settings because they contradict new, valid configuration. The caller puts the
    /// configuration in force without their layers.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="done">Gets the lines for the log.</param>
    public void DropSettingsLocked(RequestQueue queue, List<Action> done)
    {
        foreach (var dropped in _overrides.Where(found => found.Queue == queue && found.Target.IsLayer).ToList())
        {
            _overrides.Remove(dropped);
            done.Add(() => LogDropped(logger, queue.Name, dropped.Target.Name, dropped.Value));
        }
        ArmLocked();
    }

    /// <summary>
    /// Ends all overrides of a queue that is removed. If the queue is added again, it is as configured.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="done">Gets the lines for the log.</param>
    public void EndAllLocked(RequestQueue queue, List<Action> done)
    {
        EndAllLocked(found => found.Queue == queue, done);
        ArmLocked();
    }

    /// <summary>
    /// Stops the timer and discards all overrides, because the application stops. The values in force no longer change.
    /// </summary>
    public void Dispose()
    {
        lock (Gate)
        {
            _closed = true;
            _overrides.Clear();
            _timer?.Dispose();
        }
    }

    private QueueOverride? FindLocked(RequestQueue queue, OverrideTarget target) =>
        _overrides.Find(found => found.Queue == queue && found.Target.Name == target.Name);

    private void EndLocked(QueueOverride ended)
    {
        _overrides.Remove(ended);
        try
        {
            ended.Target.End(ended);
        }
        catch (InvalidOperationException)
        {
            // The queue is draining or disposed by now, and keeps its state.
        }
    }

    private void EndAllLocked(Func<QueueOverride, bool> which, List<Action> done)
    {
        foreach (var ended in _overrides.Where(which).ToList())
        {
            EndLocked(ended);
            var value = ended.Target.Read(ended.Queue);
            done.Add(() => LogExpired(logger, ended.Queue.Name, ended.Target.Name, value));
        }
    }

    private void OnTimer()
    {
        var done = new List<Action>();
        lock (Gate)
        {
            if (_closed)
                return;
            var now = time.GetTimestamp();
            EndAllLocked(found => found.EndsAt <= now, done);
            ArmLocked();
        }
        foreach (var step in done)
            step();
    }

    /// <summary>
    /// Sets the timer to the end of the override that ends first. Stops the timer if there are no overrides.
    /// </summary>
    private void ArmLocked()
    {
        var due = Timeout.InfiniteTimeSpan;
        if (_overrides.Count > 0)
        {
            var left = (_overrides.Min(found => found.EndsAt) - time.GetTimestamp()) / (double)time.TimestampFrequency;
            due = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0.001, left) * 1_000));
        }
        if (_timer is not null)
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        else if (due != Timeout.InfiniteTimeSpan)
            _timer = CreateTimer(due);
    }

    private ITimer CreateTimer(TimeSpan due)
    {
        // The timer outlives the request that needed it first, so it must not carry that request's context.
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            return time.CreateTimer(
                static overrides => ((QueueOverrides)overrides!).OnTimer(), this, due, Timeout.InfiniteTimeSpan);
        }
    }

    [LoggerMessage(EventId = 70, EventName = "OverrideSet", Level = LogLevel.Warning,
        Message = "Queue {Queue}: {Setting} {Before} → {After} by {Operator}, until {Until:u}.")]
    private static partial void LogSet(
        ILogger logger, string queue, string setting, string before, string after, string @operator,
        DateTimeOffset until);

    [LoggerMessage(EventId = 71, EventName = "OverrideUndone", Level = LogLevel.Warning,
        Message = "Queue {Queue}: the override of {Setting} was undone by {Operator}; now {Value} applies.")]
    private static partial void LogUndone(ILogger logger, string queue, string setting, string @operator, string value);

    [LoggerMessage(EventId = 72, EventName = "OverrideEnded", Level = LogLevel.Warning,
        Message = "Queue {Queue}: the override of {Setting} has ended; now {Value} applies.")]
    private static partial void LogExpired(ILogger logger, string queue, string setting, string value);

    [LoggerMessage(EventId = 73, EventName = "OverrideDropped", Level = LogLevel.Warning,
        Message = "Queue {Queue}: the override of {Setting} with {Value} has ended, because it contradicts the " +
            "configuration that was just loaded.")]
    private static partial void LogDropped(ILogger logger, string queue, string setting, string value);
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace QueueAdmission;

/// <summary>
/// What operators changed for a while: the last layer over code and configuration. Every override ends by itself, at
/// the latest with the process; then what lies beneath holds again, which is what configuration says by then.
/// </summary>
/// <remarks>
/// A reload that comes meanwhile changes what lies beneath, and everything that is not overridden at once. Reloads and
/// overrides take the same <see cref="Gate"/>, so that neither puts settings in force which the other has just
/// replaced.
/// </remarks>
internal sealed partial class QueueOverrides(TimeProvider time, ILogger logger) : IDisposable
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly List<QueueOverride> _overrides = [];
    private ITimer? _timer;
    private bool _closed;

    /// <summary>The lock under which the settings of queues change. Log providers are not called under it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The overrides of a queue, in the order of the levers.</summary>
    public IReadOnlyList<QueueOverride> Of(AdmissionQueue queue)
    {
        lock (Gate)
            return [.. Lever.All.Select(lever => FindLocked(queue, lever)).OfType<QueueOverride>()];
    }

    /// <summary>Puts a value in force for a while, instead of an override of the same lever if there is one.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// The value is out of its range; nothing was changed.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The queue is in a state that does not allow it, or the application stops; nothing was changed.
    /// </exception>
    public QueueOverride Set(AdmissionQueue queue, Lever lever, string value, TimeSpan duration, string by)
    {
        QueueOverride added;
        string beneath;
        lock (Gate)
        {
            if (_closed)
                throw new InvalidOperationException("The application is stopping.");
            var former = FindLocked(queue, lever);
            beneath = former is not null && lever.Read(queue) == former.Value ? former.Beneath : lever.Read(queue);
            lever.Set(queue, value);
            var now = time.GetUtcNow();
            added = new QueueOverride(queue, lever, lever.Read(queue), beneath, by, now, now + duration,
                time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency));
            if (former is not null)
                _overrides.Remove(former);
            _overrides.Add(added);
            ArmLocked();
        }
        LogSet(logger, queue.Name, lever.Name, beneath, added.Value, by, added.Until);
        return added;
    }

    /// <summary>Ends an override before its time.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Undo(AdmissionQueue queue, Lever lever, string by)
    {
        string value;
        lock (Gate)
        {
            if (FindLocked(queue, lever) is not { } found)
                return false;
            EndLocked(found);
            ArmLocked();
            value = lever.Read(queue);
        }
        LogUndone(logger, queue.Name, lever.Name, by, value);
        return true;
    }

    /// <summary>Remembers the overrides that there are.</summary>
    /// <returns>Brings them back. To be called under the gate.</returns>
    public Action RememberLocked()
    {
        List<QueueOverride> remembered = [.. _overrides];
        return () =>
        {
            _overrides.Clear();
            _overrides.AddRange(remembered);
            ArmLocked();
        };
    }

    /// <summary>
    /// Lays the overrides of a queue over settings that configuration has just given, and remembers those as what lies
    /// beneath.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="configured">What configuration says.</param>
    /// <param name="done">Gets the lines for the log.</param>
    public RequestQueueOptions LayOverLocked(AdmissionQueue queue, RequestQueueOptions configured, List<Action> done)
    {
        if (_overrides.Count == 0)
            return configured;
        var settings = (RequestQueueOptions)configured.Clone();
        for (var i = 0; i < _overrides.Count; i++)
        {
            if (_overrides[i] is var found && found.Queue == queue && found.Lever.ReadFrom(configured) is { } beneath)
            {
                _overrides[i] = found with { Beneath = beneath };
                found.Lever.Write(found.Value, settings);
            }
        }
        if (!JobQueueOptionsValidator.FindErrors(settings).Any())
            return settings;
        // Each is in its range, but not with what configuration says now. Configuration was checked and holds.
        foreach (var dropped in _overrides.Where(found => found.Queue == queue && found.Lever.ReadFrom(configured) is not null).ToList())
        {
            _overrides.Remove(dropped);
            done.Add(() => LogDropped(logger, queue.Name, dropped.Lever.Name, dropped.Value));
        }
        ArmLocked();
        return configured;
    }

    /// <summary>The queue is removed, and when it comes again it is as configured.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="done">Gets the lines for the log.</param>
    public void EndAllLocked(AdmissionQueue queue, List<Action> done)
    {
        EndAllLocked(found => found.Queue == queue, done);
        ArmLocked();
    }

    /// <summary>The application stops, and nothing changes from now on.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            _closed = true;
            _overrides.Clear();
            _timer?.Dispose();
        }
    }

    private QueueOverride? FindLocked(AdmissionQueue queue, Lever lever) => _overrides.Find(found => found.Queue == queue && found.Lever == lever);

    private void EndLocked(QueueOverride ended)
    {
        _overrides.Remove(ended);
        try
        {
            ended.Lever.Restore(ended.Queue, ended.Value, ended.Beneath);
        }
        catch (Exception exception) when (exception is InvalidOperationException or OptionsValidationException)
        {
            // The queue drains or was disposed since, or other settings have changed so that this one does not go with
            // them. Then it stays as it is.
        }
    }

    private void EndAllLocked(Func<QueueOverride, bool> which, List<Action> done)
    {
        foreach (var ended in _overrides.Where(which).ToList())
        {
            EndLocked(ended);
            var value = ended.Lever.Read(ended.Queue);
            done.Add(() => LogExpired(logger, ended.Queue.Name, ended.Lever.Name, value));
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

    /// <summary>Sets the one timer for the override that ends first. Without overrides it stands still.</summary>
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
            return time.CreateTimer(static overrides => ((QueueOverrides)overrides!).OnTimer(), this, due, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(EventId = 70, EventName = "OverrideSet", Level = LogLevel.Warning,
        Message = "Queue {Queue}: {Setting} {Before} → {After} by {Operator}, until {Until:u}.")]
    private static partial void LogSet(ILogger logger, string queue, string setting, string before, string after, string @operator, DateTimeOffset until);

    [LoggerMessage(EventId = 71, EventName = "OverrideUndone", Level = LogLevel.Warning,
        Message = "Queue {Queue}: the override of {Setting} was undone by {Operator}; now {Value} holds.")]
    private static partial void LogUndone(ILogger logger, string queue, string setting, string @operator, string value);

    [LoggerMessage(EventId = 72, EventName = "OverrideEnded", Level = LogLevel.Warning,
        Message = "Queue {Queue}: the override of {Setting} has ended; now {Value} holds.")]
    private static partial void LogExpired(ILogger logger, string queue, string setting, string value);

    [LoggerMessage(EventId = 73, EventName = "OverrideDropped", Level = LogLevel.Warning,
        Message = "Queue {Queue}: the override of {Setting} with {Value} does not go together with the configuration read just now, and has ended.")]
    private static partial void LogDropped(ILogger logger, string queue, string setting, string value);
}

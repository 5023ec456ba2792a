namespace QueueAdmission;

/// <summary>
/// Applies the limit in force to the workers and to the lines. No other type does that. Guarded by the queue's lock,
/// unless a member says otherwise.
/// </summary>
/// <param name="limit">The limit, which already contains the number in the settings.</param>
/// <param name="clock">The queue's clock.</param>
internal sealed class LimitGate(WorkerLimit limit, QueueClock clock)
{
    // Written under the lock, read without it.
    private volatile CapEnds? _ends;
    private int _ofLines = limit.InForceForWeights;
    private DealtWaiters? _dealt;

    /// <summary>Whether a cap has an end. If so, newcomers check the clock. May be read without the lock.</summary>
    public bool IsTimed => _ends is not null;

    /// <summary>Whether a cap has ended, but its successor is not in force yet. May be read without the lock.</summary>
    public bool IsEndDue => _ends is { } ends && ends.IsOneOver(clock.Time);

    /// <summary>Applies the limit in force. Called when caps may have changed.</summary>
    public void Apply(ref WorkerSlots slots, WaitingRoom room)
    {
        if (limit.Ends is { } ends && ends.IsOneOver(clock.Time))
            limit.EndCaps(clock.Time);
        if (slots.Limit != limit.InForce)
            slots.ResizeLocked(limit.InForce);
        if (_ofLines != limit.InForceForWeights)
        {
            _ofLines = limit.InForceForWeights;
            room.Lines.OnLimitChanged(_ofLines);
        }
        if (_ends == limit.Ends)
            return;
        _ends = limit.Ends;
        slots.SetTimedLocked(_ends is not null);
    }

    /// <summary>Replaces the caps that have ended by their successors.</summary>
    public void EndCaps(ref WorkerSlots slots, WaitingRoom room)
    {
        if (IsEndDue)
            Apply(ref slots, room);
    }

    /// <summary>Applies new settings to the workers and to the lines.</summary>
    public void Reshape(ref WorkerSlots slots, WaitingRoom room, JobQueueOptions settings)
    {
        slots.ResizeLocked(limit.InForce);
        _ofLines = limit.InForceForWeights;
        var started = clock.GetTimestamp();
        var isDealt = room.Reshape(LineSettings.Of(settings, _ofLines, clock));
        _dealt = isDealt && room.Count > 0 ? new(room.Count, clock.ToTimeSpan(clock.GetTimestamp() - started)) : null;
    }

    /// <summary>
    /// Returns how many waiters the last change of settings distributed over the lines again, and how long that took.
    /// Null if it distributed none, or if the result has been taken before. During the redistribution the lock is held,
    /// so no job can enter the lines or start.
    /// </summary>
    public DealtWaiters? TakeDealt()
    {
        var dealt = _dealt;
        _dealt = null;
        return dealt;
    }
}

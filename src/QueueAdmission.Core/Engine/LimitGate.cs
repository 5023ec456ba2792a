namespace QueueAdmission;

/// <summary>
/// Puts the limit in force into the word and into the lines. No other type does that. Guarded by the queue's lock,
/// unless a member says otherwise.
/// </summary>
/// <param name="limit">The limit. It knows the settings already.</param>
/// <param name="clock">The queue's clock.</param>
internal sealed class LimitGate(WorkerLimit limit, QueueClock clock)
{
    // Written under the lock, and read without it.
    private volatile CapEnds? _ends;
    private int _ofLines = limit.InForceForWeights;
    private DealtWaiters? _dealt;

    /// <summary>
    /// Whether a cap has an end, so that newcomers look at the clock. It may be read without the lock.
    /// </summary>
    public bool IsTimed => _ends is not null;

    /// <summary>Whether the end of a cap has come, and is not in force yet. It may be read without the lock.</summary>
    public bool IsEndDue => _ends is { } ends && ends.IsOneOver(clock.Time);

    /// <summary>Called when caps may have changed.</summary>
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

    /// <summary>Ends the caps whose end has come. Then their successors are in force.</summary>
    public void EndCaps(ref WorkerSlots slots, WaitingRoom room)
    {
        if (IsEndDue)
            Apply(ref slots, room);
    }

    /// <summary>Puts other settings in force in the word and in the lines.</summary>
    public void Reshape(ref WorkerSlots slots, WaitingRoom room, JobQueueOptions settings)
    {
        slots.ResizeLocked(limit.InForce);
        _ofLines = limit.InForceForWeights;
        var started = clock.GetTimestamp();
        var isDealt = room.Reshape(LineSettings.Of(settings, _ofLines, clock));
        _dealt = isDealt && room.Count > 0 ? new(room.Count, clock.ToTimeSpan(clock.GetTimestamp() - started)) : null;
    }

    /// <summary>
    /// How many waiters the last change of settings distributed over the lines again, and how long that took. Null if
    /// it distributed none, and from the second call on. The lock is held meanwhile, so the queue stands still.
    /// </summary>
    public DealtWaiters? TakeDealt()
    {
        var dealt = _dealt;
        _dealt = null;
        return dealt;
    }
}

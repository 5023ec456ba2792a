namespace QueueAdmission;

/// <summary>
/// Puts the limit in force into the word and into the lines. The only place that does. Guarded by the queue's lock,
/// except for what its members say.
/// </summary>
/// <param name="limit">The limit. It knows the settings already.</param>
/// <param name="clock">The queue's clock.</param>
internal sealed class LimitGate(WorkerLimit limit, QueueClock clock)
{
    // Written under the lock, and read without it.
    private volatile CapEnds? _ends;
    private int _ofLines = limit.InForceForWeights;
    private DealtWaiters? _dealt;

    /// <summary>Whether a cap has an end, so that newcomers look at the clock. It may be read without the lock.</summary>
    public bool IsTimed => _ends is not null;

    /// <summary>Whether the end of a cap has come, and is not in force yet. It may be read without the lock.</summary>
    public bool IsEndDue => _ends is { } ends && ends.IsOneOver(clock.Time);

    /// <summary>Caps may have changed.</summary>
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

    /// <summary>What holds after the end of a cap takes its place, if the end has come.</summary>
    public void EndCaps(ref WorkerSlots slots, WaitingRoom room)
    {
        if (IsEndDue)
            Apply(ref slots, room);
    }

    /// <summary>The settings have changed, and the lines with them.</summary>
    public void Reshape(ref WorkerSlots slots, WaitingRoom room, JobQueueOptions settings)
    {
        slots.ResizeLocked(limit.InForce);
        _ofLines = limit.InForceForWeights;
        var started = clock.GetTimestamp();
        var isDealt = room.Reshape(LineSettings.Of(settings, _ofLines, clock));
        _dealt = isDealt && room.Count > 0 ? new(room.Count, clock.ToTimeSpan(clock.GetTimestamp() - started)) : null;
    }

    /// <summary>
    /// What the last change of settings dealt out again; null if it was nothing, or was asked for before. Dealing holds
    /// the lock, and takes longer the more jobs wait.
    /// </summary>
    public DealtWaiters? TakeDealt()
    {
        var dealt = _dealt;
        _dealt = null;
        return dealt;
    }
}

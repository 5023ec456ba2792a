namespace QueueAdmission;

/// <summary>
/// The times at which caps end. May be used without the lock, because only <see cref="_checkedTick"/> changes.
/// </summary>
/// <remarks>
/// Reading the monotonic clock and the wall clock costs as much as several admissions. With the system's
/// <see cref="TimeProvider"/>, the two clocks are therefore read once in each tick of
/// <c>Environment.TickCount64</c>, about every 4 ms on Linux and 16 ms on Windows. After a process was frozen,
/// the tick has changed, so the clocks are read again.
/// </remarks>
internal sealed class CapEnds(WorkerCapEnd[] ends)
{
    private long _checkedTick = -1;

    /// <summary>Returns whether at least one of the caps has ended.</summary>
    public bool IsOneOver(TimeProvider time)
    {
        // Only the clock of the system has the tick that is read below.
        if (time != TimeProvider.System)
            return LookAtClocks(time);
#pragma warning disable RS0030 // It only says whether time has passed since the clocks were read.
        var tick = Environment.TickCount64;
#pragma warning restore RS0030
        if (tick == Volatile.Read(ref _checkedTick))
            return false;
        if (LookAtClocks(time))
            return true;
        // The tick was read before the clocks, so the clocks are at least as recent as the tick.
        Volatile.Write(ref _checkedTick, tick);
        return false;
    }

    private bool LookAtClocks(TimeProvider time)
    {
        foreach (var end in ends)
        {
            if (end.IsOver(time))
                return true;
        }
        return false;
    }
}

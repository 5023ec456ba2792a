namespace QueueAdmission;

/// <summary>
/// The moments at which caps end. Only <see cref="_checkedTick"/> changes, so it may be used without the lock.
/// </summary>
/// <remarks>
/// Both clocks together cost as much as several admissions. So on the system's clock they are read once in each tick of
/// its coarse clock, which is 4 ms on Linux and 16 ms on Windows. A process that was frozen finds another tick, and
/// looks at both clocks.
/// </remarks>
internal sealed class CapEnds(WorkerCapEnd[] ends)
{
    private long _checkedTick = -1;

    /// <summary>Whether one of the caps is over.</summary>
    public bool IsOneOver(TimeProvider time)
    {
        if (time != TimeProvider.System)
            return LookAtClocks(time);
#pragma warning disable RS0030 // It only says whether time has passed since the clocks were read. Other clocks have no such tick.
        var tick = Environment.TickCount64;
#pragma warning restore RS0030
        if (tick == Volatile.Read(ref _checkedTick))
            return false;
        if (LookAtClocks(time))
            return true;
        // The tick was read before the clocks, so it is not newer than they are.
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

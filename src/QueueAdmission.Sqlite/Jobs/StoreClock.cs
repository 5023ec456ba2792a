namespace QueueAdmission.Sqlite;

/// <summary>The clock of the store. It tells due times, retentions and ends, in ticks.</summary>
/// <remarks>
/// <para>It is the monotonic clock of the host plus an offset in the file. So all processes read the same time, and a
/// process that restarts goes on with it. A step of the wall clock changes nothing: an hour back delays no retry, and
/// an hour forward ends no retention.</para>
/// <para>After a restart of the host there is a new offset. It comes from the wall clock, because only that tells how
/// much time has passed. The time never goes back behind the latest time in the file. If the wall clock is wrong at the
/// restart, due times and retentions are off by as much.</para>
/// <para>A restart of the host changes its boot id, see <see cref="Host"/>. Where there is no boot id, a restart is
/// noticed if the monotonic clock is behind the latest time in the file. A restart that is not noticed delays retries,
/// by at most the time that the host was off.</para>
/// </remarks>
internal static class StoreClock
{
    /// <summary>The offset to use, and whether it is new.</summary>
    /// <param name="host">The host.</param>
    /// <param name="boot">The boot id in the file.</param>
    /// <param name="offset">The offset in the file.</param>
    /// <param name="seen">The latest time that was written.</param>
    public static (long Offset, bool IsNew) OffsetOf(Host host, string boot, long offset, long seen)
    {
        if (boot == host.BootId && host.Now.Ticks + offset >= seen)
        {
            return (offset, false);
        }
        return (long.Max(seen, host.UtcNow.UtcTicks) - host.Now.Ticks, true);
    }

    /// <summary>The time of an event by the wall clock as it is now.</summary>
    /// <param name="host">The host.</param>
    /// <param name="offset">The offset in use.</param>
    /// <param name="time">The time of the event by the clock of the store.</param>
    public static DateTimeOffset ToWallClock(Host host, long offset, long time) =>
        host.UtcNow - TimeSpan.FromTicks(host.Now.Ticks + offset - time);
}

namespace QueueAdmission.Sqlite;

/// <summary>The clock of the store: due times, retention and ends are told by it, in ticks.</summary>
/// <remarks>
/// <para>It is the monotonic clock of the host plus an offset that lies in the file. So all processes read the same
/// time, a process that is started again goes on with it, and a step of the wall clock changes nothing. An hour back
/// does not delay retries by an hour, and an hour forward does not end retentions.</para>
/// <para>The offset is set anew when the host was started anew. Then only the wall clock can tell how much time has
/// passed. The time never goes back behind the latest time that was written. If the wall clock is wrong at that moment,
/// due times and retentions are off by as much.</para>
/// <para>A new start of the host is known by its boot id, see <see cref="Host"/>. Where there is none, it is noticed
/// when the monotonic clock is behind the latest time that was written. Otherwise the time goes on as if the host had
/// been off for a shorter time: retries come later than they could, by at most the time that the host was off.</para>
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

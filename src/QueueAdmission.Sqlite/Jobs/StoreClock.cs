namespace QueueAdmission.Sqlite;

/// <summary>The clock of the store, in ticks. It determines due times, end times and retentions.</summary>
/// <remarks>
/// <para>The time is that of the host's monotonic clock plus an offset in the file. All processes therefore read the
/// same time, also after their restart. A jump of the wall clock changes nothing: an hour back delays no retry, and an
/// hour forward ends no retention.</para>
/// <para>After a restart of the host, a new offset is computed from the wall clock, because only the wall clock shows
/// how much time has passed. The store's time is never earlier than the latest time in the file. If the wall clock is
/// wrong at the restart, due times and retentions are wrong by the same amount.</para>
/// <para>A restart of the host changes its boot id, see <see cref="Host"/>. Without a boot id, a restart is noticed if
/// the monotonic clock is behind the latest time in the file. A restart that is not noticed delays retries by at most
/// the time that the host was off.</para>
/// </remarks>
internal static class StoreClock
{
    /// <summary>Returns the offset to use, and whether it is new.</summary>
    /// <param name="host">The host.</param>
    /// <param name="boot">The boot id in the file.</param>
    /// <param name="offset">The offset in the file.</param>
    /// <param name="seen">The latest time in the file.</param>
    public static (long Offset, bool IsNew) OffsetOf(Host host, string boot, long offset, long seen)
    {
        if (boot == host.BootId && host.Now.Ticks + offset >= seen)
        {
            return (offset, false);
        }
        return (long.Max(seen, host.UtcNow.UtcTicks) - host.Now.Ticks, true);
    }

    /// <summary>Converts a time of the store's clock to the wall clock, as the wall clock is set now.</summary>
    /// <param name="host">The host.</param>
    /// <param name="offset">The offset in use.</param>
    /// <param name="time">The time by the store's clock.</param>
    public static DateTimeOffset ToWallClock(Host host, long offset, long time) =>
        host.UtcNow - TimeSpan.FromTicks(host.Now.Ticks + offset - time);
}

namespace QueueAdmission;

/// <summary>Estimates the wait of a newcomer.</summary>
internal static class WaitEstimate
{
    /// <summary>Returns the expected wait of a newcomer, in ticks of the clock.</summary>
    /// <returns>The expected wait. Null while nothing has been measured, or while the queue is paused.</returns>
    public static long? For(JobRecord? job, WaitingRoom room, QueueClock clock, EngineState state)
    {
        var rate = clock.DrainPerSecond;
        if (rate <= 0 || state.IsPaused())
            return null;
        // One worker has to become free for each waiter before the newcomer, and one for the newcomer.
        return (long)((room.Lines.CountAhead(job, room.Count) + 1) / rate * clock.TicksPerSecond);
    }
}

namespace QueueAdmission;

/// <summary>How long a newcomer is likely to wait.</summary>
internal static class WaitEstimate
{
    /// <returns>Ticks of the clock; null while nothing has been measured, or the queue is paused.</returns>
    public static long? For(JobRecord? job, WaitingRoom room, QueueClock clock, EngineState state)
    {
        var rate = clock.DrainPerSecond;
        if (rate <= 0 || state.IsPaused())
            return null;
        // The waiters before it, and one more worker for itself.
        return (long)((room.Lines.CountAhead(job, room.Count) + 1) / rate * clock.TicksPerSecond);
    }
}

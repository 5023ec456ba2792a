namespace QueueAdmission;

// What the queue expects of itself.
public sealed partial class JobQueue
{
    /// <summary>How long a job that comes now would wait, in ticks of the clock: until those before it are served and one more worker is free, at the measured drain rate.</summary>
    /// <param name="job">The newcomer; null if it brings nothing.</param>
    /// <returns>Null while nothing has been measured, or nobody is served.</returns>
    private long? ExpectedWaitLocked(JobRecord? job)
    {
        var rate = _drainRate.PerSecond;
        if (rate <= 0 || _paused)
            return null;
        return (long)((_discipline.CountAhead(job, _arrivals.Count) + 1) / rate * _time.TimestampFrequency);
    }

    private TimeSpan? ExpectedWaitOfNewcomerLocked(int free) =>
        !_paused && _arrivals.Count == 0 && free > 0 ? TimeSpan.Zero
        : ExpectedWaitLocked(_discipline.KeepsRecords ? new JobRecord(default) : null) is { } ticks ? ToTimeSpan(ticks)
        : null;
}

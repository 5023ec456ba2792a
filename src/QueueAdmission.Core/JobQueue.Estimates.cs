namespace QueueAdmission;

// What the queue expects of itself.
public sealed partial class JobQueue
{
    /// <summary>How long a job that comes now would wait, in ticks of the clock: those before it, at the measured drain rate. 0 while nothing has been measured or nobody is served.</summary>
    /// <param name="job">The newcomer; null if it brings nothing.</param>
    private long ExpectedWaitLocked(JobRecord? job)
    {
        var rate = _drainRate.PerSecond;
        if (rate <= 0 || _paused)
            return 0;
        return (long)(_discipline.CountAhead(job, _arrivals.Count) / rate * _time.TimestampFrequency);
    }
}

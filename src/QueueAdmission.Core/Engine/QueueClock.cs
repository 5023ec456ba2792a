namespace QueueAdmission;

/// <summary>
/// The time of one queue: its current time, the rate at which jobs end, and the time of the last progress.
/// </summary>
/// <remarks>
/// Reading the clock costs as much as all other work under the lock. The queue's time is therefore the last timestamp
/// that was taken, and only the path with the lock takes one. Members whose names end in <c>Locked</c>, and
/// <see cref="Now"/>, are guarded by the queue's lock.
/// </remarks>
internal sealed class QueueClock(TimeProvider time)
{
    private readonly DrainRate _drainRate = new(time.TimestampFrequency);
    private long _ranBefore;
    private long _lastProgress;

    public TimeProvider Time => time;

    public long TicksPerSecond => time.TimestampFrequency;

    /// <summary>
    /// The queue's time. It never goes backwards, so waiters in the order of arrival are also in the order of their
    /// times.
    /// </summary>
    public long Now { get; private set; }

    /// <summary>
    /// The number of jobs that end per second while the queue is busy. 0 while nothing has been measured.
    /// </summary>
    public double DrainPerSecond => _drainRate.PerSecond;

    /// <summary>The number of jobs that had ended at the last update with a sample of the drain rate.</summary>
    public long Ran => _ranBefore;

    public long GetTimestamp() => time.GetTimestamp();

    public TimeSpan ToTimeSpan(long timestampTicks) =>
        new((long)((double)timestampTicks * TimeSpan.TicksPerSecond / time.TimestampFrequency));

    public long ToTimestampTicks(TimeSpan span) => span == Timeout.InfiniteTimeSpan
        ? long.MaxValue
        : (long)((double)span.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);

    /// <summary>Updates the time, and takes a sample of the drain rate.</summary>
    /// <param name="ran">The number of jobs that have ended so far.</param>
    /// <param name="isPaused">
    /// Whether the queue is paused. No sample is taken then, because a paused queue does not show how fast it can be.
    /// </param>
    /// <param name="taken">
    /// A timestamp from before the lock was taken, for callers that compete for the lock; 0 to take one now. Another
    /// thread may have updated the time since then, so the later of the two times is used.
    /// </param>
    public void UpdateNowLocked(long ran, bool isPaused, long taken = 0)
    {
        Now = taken == 0 ? time.GetTimestamp() : Math.Max(taken, Now);
        SampleLocked(ran, isPaused);
    }

    /// <summary>
    /// Updates the time for a refusal: if jobs have ended since the last update, and otherwise at every 64th refusal.
    /// </summary>
    /// <param name="ran">The number of jobs that have ended so far.</param>
    /// <param name="isPaused">Whether the queue is paused.</param>
    /// <param name="hasWaiters">Whether a job waits.</param>
    /// <param name="rejected">The number of jobs that have been refused so far.</param>
    public void UpdateNowBeforeRefusalLocked(long ran, bool isPaused, bool hasWaiters, long rejected)
    {
        if (ran == _ranBefore && (rejected & 63) != 0)
            return;
        var before = Now;
        Now = time.GetTimestamp();
        // If no job waits and the last update was more than a second ago, the queue was probably not busy meanwhile.
        if (!hasWaiters && Now - before > time.TimestampFrequency)
            _drainRate.Forget();
        SampleLocked(ran, isPaused);
    }

    /// <summary>
    /// Updates the time without a sample of the drain rate. Used in situations in which the queue may not be busy, such
    /// as a dry run.
    /// </summary>
    public void UpdateNowWithoutSampleLocked() => Now = time.GetTimestamp();

    /// <summary>Called when a waiter has started, or when the first waiter has arrived.</summary>
    public void OnProgressLocked() => _lastProgress = Now;

    /// <summary>Called when the queue is no longer busy. The time until the next sample does not count.</summary>
    public void ForgetSampleLocked() => _drainRate.Forget();

    /// <summary>
    /// Returns the time since the last progress: a waiter started, a job ended, or the first waiter arrived.
    /// </summary>
    public TimeSpan StandstillLocked(long now) => ToTimeSpan(now - _lastProgress);

    private void SampleLocked(long ran, bool isPaused)
    {
        if (ran != _ranBefore)
            _lastProgress = Now;
        _ranBefore = ran;
        if (isPaused)
            _drainRate.Forget();
        else
            _drainRate.Sample(Now, ran);
    }
}

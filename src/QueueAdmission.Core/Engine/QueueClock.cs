namespace QueueAdmission;

/// <summary>The time of one queue: now, the rate at which jobs end, and the last progress.</summary>
/// <remarks>
/// Reading the clock costs as much as all other work under the lock. So the queue's time is the last timestamp that it
/// took, and only the slow path takes one. Members that end in <c>Locked</c>, and <see cref="Now"/>, are guarded by the
/// queue's lock.
/// </remarks>
internal sealed class QueueClock(TimeProvider time)
{
    private readonly DrainRate _drainRate = new(time.TimestampFrequency);
    private long _ranBefore;
    private long _lastProgress;

    public TimeProvider Time => time;

    public long TicksPerSecond => time.TimestampFrequency;

    /// <summary>The queue's time. It never goes back, so the order of arrival is the order of times.</summary>
    public long Now { get; private set; }

    /// <summary>Jobs that end in a second while the queue is busy; 0 while nothing has been measured.</summary>
    public double DrainPerSecond => _drainRate.PerSecond;

    /// <summary>The jobs that had ended when the time was last updated.</summary>
    public long Ran => _ranBefore;

    public long GetTimestamp() => time.GetTimestamp();

    public TimeSpan ToTimeSpan(long timestampTicks) =>
        new((long)((double)timestampTicks * TimeSpan.TicksPerSecond / time.TimestampFrequency));

    public long ToTimestampTicks(TimeSpan span) => span == Timeout.InfiniteTimeSpan
        ? long.MaxValue
        : (long)((double)span.Ticks * time.TimestampFrequency / TimeSpan.TicksPerSecond);

    /// <summary>Updates the time, and takes a sample of the drain rate.</summary>
    /// <param name="ran">The jobs that have ended so far.</param>
    /// <param name="isPaused">Whether the queue is paused. Its rate says nothing about how fast it can be.</param>
    /// <param name="taken">
    /// A timestamp that was taken before the lock was, where many threads compete for it; 0 to take one now. Another
    /// thread may have updated the time since.
    /// </param>
    public void UpdateNowLocked(long ran, bool isPaused, long taken = 0)
    {
        Now = taken == 0 ? time.GetTimestamp() : Math.Max(taken, Now);
        SampleLocked(ran, isPaused);
    }

    /// <summary>
    /// Updates the time for a refusal. It does so if jobs have ended since the last update, and otherwise now and then.
    /// </summary>
    /// <param name="ran">The jobs that have ended so far.</param>
    /// <param name="isPaused">Whether the queue is paused.</param>
    /// <param name="hasWaiters">Whether a job waits.</param>
    /// <param name="rejected">The jobs that were refused so far.</param>
    public void UpdateNowBeforeRefusalLocked(long ran, bool isPaused, bool hasWaiters, long rejected)
    {
        if (ran == _ranBefore && (rejected & 63) != 0)
            return;
        var before = Now;
        Now = time.GetTimestamp();
        // A second without a waiter and without a refusal was not a busy one.
        if (!hasWaiters && Now - before > time.TimestampFrequency)
            _drainRate.Forget();
        SampleLocked(ran, isPaused);
    }

    /// <summary>
    /// Updates the time without a sample of the drain rate. It is for a dry run and for background jobs, where no live
    /// job waits.
    /// </summary>
    public void UpdateNowWithoutSampleLocked() => Now = time.GetTimestamp();

    /// <summary>A job has started, or the first waiter has come.</summary>
    public void OnProgressLocked() => _lastProgress = Now;

    /// <summary>The queue is no longer busy.</summary>
    public void ForgetSampleLocked() => _drainRate.Forget();

    /// <summary>The time for which no job has ended and none has started.</summary>
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

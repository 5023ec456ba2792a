namespace QueueAdmission;

/// <summary>The time at which a cap on the workers of a queue ends, and the cap that follows it.</summary>
/// <remarks>
/// The time is given on both clocks of the queue's <see cref="TimeProvider"/>. The cap ends when either clock has
/// reached it, because neither clock is sufficient alone: the monotonic clock may stop while the machine is suspended,
/// and the wall clock may be set back.
/// </remarks>
/// <param name="Timestamp">The time as <see cref="TimeProvider.GetTimestamp"/> returns it.</param>
/// <param name="UtcTime">The same time as <see cref="TimeProvider.GetUtcNow"/> returns it.</param>
/// <param name="WorkersAfterwards">The number of workers that the cap allows from then on; range 0 to 100,000.</param>
public readonly record struct WorkerCapEnd(long Timestamp, DateTimeOffset UtcTime, int WorkersAfterwards)
{
    internal bool IsOver(TimeProvider time) => time.GetTimestamp() >= Timestamp || time.GetUtcNow() >= UtcTime;
}

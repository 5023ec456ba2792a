namespace QueueAdmission;

/// <summary>When a cap on the workers of a queue is over, and what holds then.</summary>
/// <remarks>
/// The moment is given on both clocks of the queue's <see cref="TimeProvider"/>. The cap is over when one of them says
/// so. The monotonic clock may stand still while the machine is suspended, and the wall clock may be set back.
/// </remarks>
/// <param name="Timestamp">The moment as <see cref="TimeProvider.GetTimestamp"/> returns it.</param>
/// <param name="UtcTime">The moment as <see cref="TimeProvider.GetUtcNow"/> returns it.</param>
/// <param name="WorkersAfterwards">The number that holds from that moment on; range 0 to 100,000.</param>
public readonly record struct WorkerCapEnd(long Timestamp, DateTimeOffset UtcTime, int WorkersAfterwards)
{
    internal bool IsOver(TimeProvider time) => time.GetTimestamp() >= Timestamp || time.GetUtcNow() >= UtcTime;
}

namespace QueueAdmission.Instructions;

/// <summary>A clock that advances by a fixed step each time a timestamp is read, independently of real time.</summary>
/// <remarks>
/// The cost of a rejection depends on the time since the previous one, because a time for <c>Retry-After</c> has to be
/// found. With the system's clock, a busy machine would count more instructions than an idle one.
/// </remarks>
internal sealed class SteppingClock : TimeProvider
{
    // A queue reads a timestamp once for every 64 rejections. One rejection takes about a microsecond.
    private static readonly long Step = TimestampOf(TimeSpan.FromMicroseconds(64));

    private long _now;

    public override long GetTimestamp() => _now += Step;

    private static long TimestampOf(TimeSpan span) => (long)(span.TotalSeconds * System.TimestampFrequency);
}

namespace QueueAdmission.Instructions;

/// <summary>A clock that goes on by the same step with each timestamp, whatever time it is.</summary>
/// <remarks>
/// What a rejection costs depends on the time since the one before: a time for <c>Retry-After</c> is searched. By the
/// system's clock, a busy machine would count more instructions than an idle one.
/// </remarks>
internal sealed class SteppingClock : TimeProvider
{
    // A queue takes a timestamp for each 64 rejections. One rejection takes about a microsecond.
    private static readonly long Step = TimestampOf(TimeSpan.FromMicroseconds(64));

    private long _now;

    public override long GetTimestamp() => _now += Step;

    private static long TimestampOf(TimeSpan span) => (long)(span.TotalSeconds * System.TimestampFrequency);
}

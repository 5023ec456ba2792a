namespace QueueAdmission.Cluster;

/// <summary>Reads both clocks of a node.</summary>
internal sealed class LocalClock(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public LocalTime Now => new(time.GetElapsedTime(_started), time.GetUtcNow() - DateTimeOffset.UnixEpoch);
}

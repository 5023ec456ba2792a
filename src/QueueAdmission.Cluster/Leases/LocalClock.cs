namespace QueueAdmission.Cluster;

/// <summary>Reads both clocks of a node.</summary>
internal sealed class LocalClock(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public LocalTime Now => new(time.GetElapsedTime(_started), time.GetUtcNow() - DateTimeOffset.UnixEpoch);

    /// <summary>Converts a time to the end of a cap on workers.</summary>
    public WorkerCapEnd ToCapEnd(LocalTime end, int workersAfterwards) => new(
        _started + (long)(end.Monotonic.TotalSeconds * time.TimestampFrequency),
        DateTimeOffset.UnixEpoch + end.Wall,
        workersAfterwards);
}

namespace QueueAdmission.Stores.Contract;

/// <summary>Jobs for tests of single stores.</summary>
internal static class Jobs
{
    public static AcceptedJob New(
        byte[]? payload = null, string queue = "posts", long maxWaiting = long.MaxValue, byte[]? sequenceKey = null) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            Queue = queue,
            Route = "POST /posts",
            Payload = payload ?? [1, 2, 3],
            AcceptedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            MaxWaiting = maxWaiting,
            SequenceKey = sequenceKey,
        };

    public static AcceptedJob[] Many(int count, int payloadLength = 3) =>
        [.. Enumerable.Range(0, count).Select(_ => New(new byte[payloadLength]))];

    public static JobEnd EndOf(ClaimedJob job, JobEndKind kind, TimeSpan delay = default) => new()
    {
        Id = job.Id,
        Queue = job.Queue,
        Claim = job.Claim,
        Kind = kind,
        Delay = delay,
        Result = kind == JobEndKind.Done ? [1] : null,
        Reason = kind is JobEndKind.Retry or JobEndKind.Dead ? "It failed." : null,
    };

    public static JobStoreCounts AssertEquation(IJobStore store, string queue = "posts")
    {
        var counts = Assert.Single(store.ReadCounts(), counts => counts.Queue == queue);
        Assert.Equal(
            counts.Accepted,
            counts.Waiting + counts.Running + counts.Done + counts.Dead + counts.Cancelled + counts.Discarded);
        return counts;
    }
}

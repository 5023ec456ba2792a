namespace QueueAdmission.Kafka.Doubles;

internal static class Jobs
{
    public static AcceptedJob New(
        byte[]? payload = null,
        string queue = "posts",
        byte[]? sequenceKey = null,
        byte[]? idempotencyKey = null,
        byte[]? fingerprint = null) => new()
        {
            Id = Guid.CreateVersion7(),
            Queue = queue,
            Route = "POST /posts",
            Payload = payload ?? [1, 2, 3],
            AcceptedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            MaxWaiting = 1_000,
            SequenceKey = sequenceKey,
            IdempotencyKey = idempotencyKey,
            Fingerprint = fingerprint,
        };

    public static AcceptedJob[] Many(int count) => [.. Enumerable.Range(0, count).Select(_ => New())];
}

namespace QueueAdmission;

/// <summary>What all viewers are sent when it has changed. It holds no clock and no age, so that a queue at rest stays the same.</summary>
internal sealed record LiveReport
{
    public required ReloadReport? LastReload { get; init; }

    public required IReadOnlyList<QueueStatus> Queues { get; init; }
}

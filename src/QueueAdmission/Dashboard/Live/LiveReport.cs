namespace QueueAdmission;

/// <summary>
/// The state that is sent to all viewers when it has changed. It contains no clock and no age, so that the state of an
/// idle queue does not change.
/// </summary>
internal sealed record LiveReport
{
    public required ReloadReport? LastReload { get; init; }

    public required IReadOnlyList<QueueStatus> Queues { get; init; }
}

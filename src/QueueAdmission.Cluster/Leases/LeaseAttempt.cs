namespace QueueAdmission.Cluster;

/// <summary>One call of a node to the store: a reading, and the writes that follow from it.</summary>
/// <param name="Sequence">Its number. Only the answer to the latest one counts.</param>
/// <param name="IsRenewal">Whether it has to be written, also if nothing changes.</param>
/// <param name="Sent">When the reading was sent that the next write is computed from.</param>
internal sealed record LeaseAttempt(long Sequence, bool IsRenewal, LocalTime Sent)
{
    /// <summary>The writes that were refused so far.</summary>
    public int Refused { get; init; }
}

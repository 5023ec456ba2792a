namespace QueueAdmission.Cluster;

/// <summary>One call of a node to the store: a reading, and the writes that follow from it.</summary>
/// <param name="Sequence">The number of the call. Only the answer to the latest call counts.</param>
/// <param name="IsRenewal">Whether the node has to write even if nothing changes.</param>
/// <param name="Sent">When the last reading was sent. The next write is computed from it.</param>
internal sealed record LeaseAttempt(long Sequence, bool IsRenewal, LocalTime Sent)
{
    /// <summary>The writes that were refused so far.</summary>
    public int Refused { get; init; }
}

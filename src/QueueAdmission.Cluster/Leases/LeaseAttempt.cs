namespace QueueAdmission.Cluster;

/// <summary>One call of a node to the store: a reading, and the writes that follow from it.</summary>
/// <param name="Sequence">The number of the call. Only the answer to the latest call counts.</param>
/// <param name="IsRenewal">Whether the node has to write even if nothing has changed.</param>
/// <param name="Sent">
/// The time at which the last reading was requested. The next write is computed from this reading.
/// </param>
internal sealed record LeaseAttempt(long Sequence, bool IsRenewal, LocalTime Sent)
{
    /// <summary>The number of writes of this call that have been refused so far.</summary>
    public int Refused { get; init; }
}

namespace QueueAdmission;

/// <summary>Refusals, counted by reason. Written under the queue's lock.</summary>
internal sealed class ReasonCounts
{
    private static readonly RejectionReason[] Reasons = Enum.GetValues<RejectionReason>();

    private readonly long[] _counts = new long[Reasons.Length + 1];

    /// <summary>The count of one reason. It may be read without the lock.</summary>
    public long this[RejectionReason reason] => Volatile.Read(ref _counts[(int)reason]);

    public void Add(RejectionReason reason) => _counts[(int)reason]++;

    /// <summary>The reasons that occurred.</summary>
    public IReadOnlyDictionary<RejectionReason, long> ToDictionary() => Reasons
        .Where(reason => _counts[(int)reason] > 0)
        .ToDictionary(reason => reason, reason => _counts[(int)reason]);
}

namespace QueueAdmission;

/// <summary>The numbers of refusals by reason. Written under the queue's lock.</summary>
internal sealed class ReasonCounts
{
    private static readonly RejectionReason[] Reasons = Enum.GetValues<RejectionReason>();

    private readonly long[] _counts = new long[Reasons.Length + 1];

    /// <summary>The number of refusals for one reason. May be read without the lock.</summary>
    public long this[RejectionReason reason] => Volatile.Read(ref _counts[(int)reason]);

    public void Add(RejectionReason reason) => _counts[(int)reason]++;

    /// <summary>Returns the counts of the reasons that have occurred.</summary>
    public IReadOnlyDictionary<RejectionReason, long> ToDictionary() => Reasons
        .Where(reason => _counts[(int)reason] > 0)
        .ToDictionary(reason => reason, reason => _counts[(int)reason]);
}

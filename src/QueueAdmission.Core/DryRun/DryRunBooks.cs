namespace QueueAdmission;

/// <summary>What a queue would have done while it was in dry run, since it was made. Guarded by the queue's lock.</summary>
internal sealed class DryRunBooks
{
    private readonly long[] _rejected = new long[Enum.GetValues<RejectionReason>().Length + 1];

    public long Waited { get; private set; }

    public void Count(DryRunVerdict verdict)
    {
        if (verdict.Waits)
            Waited++;
        if (verdict.Reason is { } reason)
            _rejected[(int)reason]++;
    }

    public IReadOnlyDictionary<RejectionReason, long> RejectedByReason() => Enum.GetValues<RejectionReason>()
        .Where(reason => _rejected[(int)reason] > 0)
        .ToDictionary(reason => reason, reason => _rejected[(int)reason]);
}

namespace QueueAdmission;

/// <summary>
/// Recognises the rejection reasons that concern one caller only. The queue still serves others, so the service is
/// available.
/// </summary>
internal static class CallerLimit
{
    public static bool IsReason(RejectionReason reason) =>
        reason is RejectionReason.PartitionFull or RejectionReason.KeyLimit;
}

namespace QueueAdmission;

/// <summary>Tells the refusals that are about the caller from those that are about the service: others are still served, so it is not the service that is unavailable.</summary>
internal static class CallersOwnFault
{
    public static bool Is(RejectionReason reason) => reason is RejectionReason.PartitionFull or RejectionReason.KeyLimit;
}

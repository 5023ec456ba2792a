namespace QueueAdmission;

/// <summary>
/// The rejection of a request that waited first. Unlike <see cref="PreparedRejection"/> it is not shared.
/// </summary>
internal sealed class RejectionAfterWait(PreparedRejection rejection, TimeSpan waited) : IQueueRejectionFeature
{
    public string QueueName => rejection.QueueName;

    public RejectionReason Reason => rejection.Reason;

    public TimeSpan RetryAfter => rejection.RetryAfter;

    public TimeSpan Waited => waited;
}

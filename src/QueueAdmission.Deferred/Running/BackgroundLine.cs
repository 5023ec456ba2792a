namespace QueueAdmission.Deferred;

/// <summary>Lets deferred jobs enter the queue behind live requests.</summary>
internal static class BackgroundLine
{
    public static ValueTask<QueueLease> EnterAsync(
        JobQueue queue, in JobTraits traits, double minShare, CancellationToken cancellationToken)
    {
        _ = minShare;
        return queue.EnterAsync(traits, cancellationToken);
    }
}

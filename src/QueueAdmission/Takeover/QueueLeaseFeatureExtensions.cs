namespace QueueAdmission;

/// <summary>
/// Lets requests run on workers that were taken with <see cref="JobQueue.EnterAsync(CancellationToken)"/>.
/// </summary>
public static class QueueLeaseFeatureExtensions
{
    /// <summary>
    /// Creates the feature of a request that runs under a lease. If the <c>HttpContext</c> has this feature, a handler
    /// that enters the same queue gets the worker that the request already has.
    /// </summary>
    /// <param name="lease">An admitted lease. From now on the feature owns the lease.</param>
    /// <param name="queue">The queue that granted the lease.</param>
    /// <returns>
    /// The feature. Call <see cref="IQueueFeature.ReleaseWorker"/> when the request has ended; further calls do
    /// nothing.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="queue"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="lease"/> is a refusal.</exception>
    public static IQueueFeature ToFeature(this QueueLease lease, JobQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return lease.IsAdmitted
            ? new LeasedAdmission(queue, lease)
            : throw new ArgumentException("The lease has no worker: the queue refused the job.", nameof(lease));
    }
}

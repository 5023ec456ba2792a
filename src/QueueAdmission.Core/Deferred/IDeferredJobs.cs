namespace QueueAdmission;

/// <summary>
/// Provides access to the deferred jobs of an application. Inject it to inspect the jobs, and to redrive or discard
/// dead letters, which are jobs that failed for good.
/// </summary>
/// <remarks>
/// <c>AddDeferredJobs</c> of QueueAdmission.Deferred registers the service. It does not expose the requests or their
/// callers.
/// </remarks>
public interface IDeferredJobs
{
    /// <summary>
    /// The current outage of the store, or of the <see cref="IJobIntake"/> in front of it. Null if the last calls
    /// succeeded, or if no call has been made yet.
    /// </summary>
    DeferredJobsOutage? Outage { get; }

    /// <summary>
    /// Returns the counts of all queues with deferred jobs, as this node last read them. The method does not call the
    /// store.
    /// </summary>
    /// <returns>A list that does not change later.</returns>
    IReadOnlyList<DeferredQueue> GetQueues();

    /// <summary>Reads the counts of all queues from the store now.</summary>
    /// <returns>The counts of all queues.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    Task<IReadOnlyList<DeferredQueue>> ReadQueuesAsync();

    /// <summary>Reads dead letters, the most recent first.</summary>
    /// <param name="queue">The name of the queue; null for all queues.</param>
    /// <param name="max">The maximum number of jobs to return, at least 1.</param>
    /// <returns>The dead letters, without their requests.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is below 1.</exception>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    Task<IReadOnlyList<StoredJob>> ListDeadAsync(string? queue = null, int max = 100);

    /// <summary>Lets a dead letter wait again. Its attempts are counted from 0 again.</summary>
    /// <param name="id">The id of the job.</param>
    /// <returns>True if the job waits now; false if it was not a dead letter.</returns>
    /// <exception cref="JobStoreException">The call failed, for example because the store is unreachable.</exception>
    Task<bool> RedriveAsync(Guid id);

    /// <summary>Discards a dead letter. Its request is removed.</summary>
    /// <param name="id">The id of the job.</param>
    /// <returns>True if the job is discarded now; false if it was not a dead letter.</returns>
    /// <exception cref="JobStoreException">The call failed, for example because the store is unreachable.</exception>
    Task<bool> DiscardAsync(Guid id);

    /// <summary>
    /// Waits until none of the jobs that this node can run is due or running. Intended for tests of an application.
    /// </summary>
    /// <remarks>
    /// A job that waits for its next attempt is not due until the delay is over. The method does not wait for the jobs
    /// of a paused queue, or of a queue that this node does not run.
    /// </remarks>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when there is no such job.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The application has not started, or it is stopping.</exception>
    Task RunAllAsync(CancellationToken cancellationToken = default);
}

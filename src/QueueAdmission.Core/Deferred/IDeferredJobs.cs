namespace QueueAdmission;

/// <summary>The deferred jobs of an application. Inject it to look at them, and to look after dead letters.</summary>
/// <remarks><c>AddDeferredJobs</c> of QueueAdmission.Deferred registers it. It shows no requests or callers.</remarks>
public interface IDeferredJobs
{
    /// <summary>
    /// What is wrong with the store, or with the <see cref="IJobIntake"/> in front of it. Null if the last calls
    /// succeeded, or there was none yet.
    /// </summary>
    DeferredJobsOutage? Outage { get; }

    /// <summary>The queues with deferred jobs, as this node last saw them in the store. No call is made.</summary>
    /// <returns>A list that a later change does not touch.</returns>
    IReadOnlyList<DeferredQueue> GetQueues();

    /// <summary>Reads the counts of all queues from the store now.</summary>
    /// <returns>The queues.</returns>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    Task<IReadOnlyList<DeferredQueue>> ReadQueuesAsync();

    /// <summary>Reads dead letters, the latest first.</summary>
    /// <param name="queue">The queue; null for all.</param>
    /// <param name="max">The number of jobs, from 1.</param>
    /// <returns>The dead letters, without their requests.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is below 1.</exception>
    /// <exception cref="JobStoreException">The store cannot be read now.</exception>
    Task<IReadOnlyList<StoredJob>> ListDeadAsync(string? queue = null, int max = 100);

    /// <summary>Lets a dead letter wait again, with all its attempts.</summary>
    /// <param name="id">The job.</param>
    /// <returns>True if it waits now; false if it is no dead letter.</returns>
    /// <exception cref="JobStoreException">The store is away.</exception>
    Task<bool> RedriveAsync(Guid id);

    /// <summary>Discards a dead letter. Its request is removed.</summary>
    /// <param name="id">The job.</param>
    /// <returns>True if it is discarded now; false if it is no dead letter.</returns>
    /// <exception cref="JobStoreException">The store is away.</exception>
    Task<bool> DiscardAsync(Guid id);

    /// <summary>
    /// Waits until no job that this node can run is due or runs. It is meant for tests of an application.
    /// </summary>
    /// <remarks>
    /// A job that waits for its next attempt is not due before its time. Jobs of a queue that is paused, or that this
    /// node does not run, are not waited for.
    /// </remarks>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends then.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The application has not started, or it stops.</exception>
    Task RunAllAsync(CancellationToken cancellationToken = default);
}

namespace QueueAdmission;

/// <summary>Runs jobs that no caller waits for on the workers of a queue, behind its live jobs.</summary>
public static class BackgroundExtensions
{
    /// <summary>
    /// Waits for a worker that no live job needs. The caller does its work and then disposes the lease.
    /// </summary>
    /// <remarks>
    /// <para>A background job takes no place in the queue, and no limit on waiting applies to it: it is never refused
    /// because the queue is full, and waits until it has a worker. Live jobs, which come by the other entrances, go
    /// first. Background jobs start in the order of their arrival.</para>
    /// <para>While live jobs keep all workers busy, background jobs get at least <paramref name="minShare"/> of the
    /// running time, as long as one of them always waits. So keep one more waiting than are to run. With weights, time
    /// counts for each worker that a job holds. The share is of the workers in force. A job that runs for long may
    /// exceed the share, and the next ones then wait until that is made up for.</para>
    /// <para>The job counts as arrived when it has its worker, and as run when it ends. Until then only
    /// <see cref="JobQueueSnapshot.BackgroundWaiting"/> counts it. In a dry run it waits for a free worker, or for its
    /// share, although live jobs do not.</para>
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="traits">
    /// The job takes as many workers as its weight, or all there are if these are fewer. Key, priority and deadline
    /// have no effect: a background job counts for no key.
    /// </param>
    /// <param name="minShare">
    /// The part of the running time, from 0 to 1. With 0, background jobs run only on workers that live jobs leave
    /// free. The value of the last call counts for all background jobs of the queue.
    /// </param>
    /// <param name="cancellationToken">
    /// Ends the wait when cancelled. It has no effect on a lease that was given.
    /// </param>
    /// <returns>
    /// A lease. It is not admitted, with <see cref="RejectionReason.Draining"/>, if the queue drains, stops or was
    /// disposed. That counts as no rejection. Await the result once, and dispose the lease.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="minShare"/> is out of its range.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before there was a worker.
    /// </exception>
    public static ValueTask<QueueLease> EnterBackgroundAsync(
        this JobQueue queue, in JobTraits traits, double minShare, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        if (!(minShare is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(minShare), minShare, "A share is a number from 0 to 1.");
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<QueueLease>(cancellationToken)
            : queue.Engine.Background.EnterAsync(traits, minShare, cancellationToken);
    }
}

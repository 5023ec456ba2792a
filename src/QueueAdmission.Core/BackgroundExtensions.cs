namespace QueueAdmission;

/// <summary>
/// Lets background jobs use the workers of a queue. Live jobs, which enter in any other way, go first.
/// </summary>
public static class BackgroundExtensions
{
    /// <summary>
    /// Waits for a worker that no live job needs, and returns it as a lease. The caller runs the job and then disposes
    /// the lease.
    /// </summary>
    /// <remarks>
    /// <para>A background job takes no place in the queue, and no limit on waiting applies to it. It is never refused
    /// because the queue is full, and waits until it gets a worker. Live jobs, which enter through the members of
    /// <see cref="JobQueue"/> or as requests, go first. Background jobs start in the order of their arrival.</para>
    /// <para>While live jobs keep all workers busy, background jobs get at least <paramref name="minShare"/> of the
    /// running time of all workers, as long as at least one background job is always waiting. So keep one more
    /// background job waiting than should run. A job that holds several workers uses the time of each of them. The
    /// share refers to the current number of workers. A long job may exceed the share. The next background jobs then
    /// wait until the excess is made up for.</para>
    /// <para>The job counts as arrived when it gets its worker, and as run when it ends. Before it gets its worker,
    /// only <see cref="JobQueueSnapshot.BackgroundWaiting"/> counts it. In a dry run, live jobs do not wait, but
    /// background jobs do: for a free worker or for their share.</para>
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="traits">
    /// The properties of the job. The job takes as many workers as its weight, or all workers if the queue has fewer.
    /// Key, priority and deadline have no effect: a background job does not count towards any key.
    /// </param>
    /// <param name="minShare">
    /// The share of the running time, from 0 to 1. With 0, background jobs run only on workers that live jobs leave
    /// free. The value of the most recent call applies to all background jobs of the queue.
    /// </param>
    /// <param name="cancellationToken">
    /// Ends the wait when cancelled. It has no effect on a lease that has been returned.
    /// </param>
    /// <returns>
    /// A lease. Await the result once, and dispose the lease. The job is refused with
    /// <see cref="RejectionReason.Draining"/> if the queue is draining or was disposed, or if the application is
    /// stopping. The counts of the queue do not include this refusal.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="minShare"/> is out of its range.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the job got a worker.
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

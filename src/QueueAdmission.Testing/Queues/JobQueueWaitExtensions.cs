namespace QueueAdmission.Testing;

/// <summary>Waits until a queue is in the state that a test needs.</summary>
/// <remarks>
/// The methods poll the queue and return when the state is reached, so a test needs no sleep. They measure time by the
/// system clock. The queue may therefore use a <see cref="TimeProvider"/> whose time does not advance while the test
/// waits.
/// </remarks>
public static class JobQueueWaitExtensions
{
    /// <summary>Waits until exactly <paramref name="count"/> jobs wait.</summary>
    /// <remarks>
    /// <code>
    /// await using var busy = await queue.OccupyWorkersAsync(1);
    /// var response = client.GetAsync("/checkout");
    /// await queue.WaitUntilWaitingAsync(1);
    /// clock.Advance(TimeSpan.FromSeconds(10));   // MaxWait is over
    /// await QueueAssert.RefusedAsync(await response, RejectionReason.WaitTimeout);
    /// </code>
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="count">The number of jobs; from 0.</param>
    /// <param name="timeout">The longest time that the test waits. Default 30 seconds, by the system's clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the state is reached.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="queue"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 0.</exception>
    /// <exception cref="QueueAssertionException">The state was not reached in time.</exception>
    public static Task WaitUntilWaitingAsync(
        this JobQueue queue, int count, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return QueuePolling.UntilAsync(
            () => queue.ReadDemand().Waiting == count,
            () => $"Expected that {count} jobs wait, found {QueuePolling.Describe(queue)}.",
            timeout,
            cancellationToken);
    }

    /// <summary>Waits until exactly <paramref name="count"/> jobs run.</summary>
    /// <remarks>
    /// <code>
    /// var requests = Enumerable.Range(0, 20).Select(_ => client.GetAsync("/slow")).ToList();
    /// await queue.WaitUntilRunningAsync(4);      // the queue has 4 workers
    /// await queue.WaitUntilWaitingAsync(16);
    /// leave.Release(20);                         // the handlers end
    /// await queue.WaitUntilRunningAsync(0);
    /// </code>
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="count">The number of jobs; from 0.</param>
    /// <param name="timeout">The longest time that the test waits. Default 30 seconds, by the system's clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the state is reached.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="queue"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 0.</exception>
    /// <exception cref="QueueAssertionException">The state was not reached in time.</exception>
    public static Task WaitUntilRunningAsync(
        this JobQueue queue, int count, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return QueuePolling.UntilAsync(
            () => queue.ReadDemand().Running == count,
            () => $"Expected that {count} jobs run, found {QueuePolling.Describe(queue)}.",
            timeout,
            cancellationToken);
    }

    /// <summary>Waits until the snapshot of the queue satisfies a condition.</summary>
    /// <remarks>
    /// <code>
    /// await queue.WaitUntilAsync(now => now.Abandoned == 1);      // the client has left
    /// </code>
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="condition">The condition. It is evaluated repeatedly, so it must be fast.</param>
    /// <param name="timeout">The longest time that the test waits. Default 30 seconds, by the system's clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The snapshot that satisfies the condition.</returns>
    /// <exception cref="ArgumentNullException">
    /// <paramref name="queue"/> or <paramref name="condition"/> is null.
    /// </exception>
    /// <exception cref="QueueAssertionException">The condition did not hold in time.</exception>
    public static async Task<JobQueueSnapshot> WaitUntilAsync(
        this JobQueue queue,
        Func<JobQueueSnapshot, bool> condition,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(condition);
        JobQueueSnapshot? snapshot = null;
        await QueuePolling.UntilAsync(
            () => condition(snapshot = queue.GetSnapshot()),
            () => $"The condition does not hold for {QueuePolling.Describe(queue)}.",
            timeout,
            cancellationToken).ConfigureAwait(false);
        return snapshot!;
    }
}

using System.Threading.RateLimiting;

namespace QueueAdmission.Testing;

/// <summary>Makes a queue busy, full or closed for a test.</summary>
/// <remarks>
/// The jobs of a test are jobs like all others. They count in the snapshot and in metrics, and
/// <see cref="JobQueueOptions.MaxWait"/> applies to those that wait.
/// </remarks>
public static class JobQueueOccupationExtensions
{
    private const string CapName = "testing";

    /// <summary>Takes workers of the queue, and waits for those that are not free.</summary>
    /// <remarks>
    /// <code>
    /// await using var busy = await queue.OccupyWorkersAsync(queue.GetSnapshot().Workers);
    /// var response = client.GetAsync("/checkout");
    /// await queue.WaitUntilWaitingAsync(1);      // the request waits
    /// await busy.DisposeAsync();                 // the request has its turn
    /// Assert.Equal(HttpStatusCode.OK, (await response).StatusCode);
    /// </code>
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="count">The number of workers; from 0.</param>
    /// <param name="traits">Key and priority of the jobs that hold the workers. Default: a plain job.</param>
    /// <param name="cancellationToken">Ends the wait for workers.</param>
    /// <returns>The jobs that hold the workers. Disposing the object releases the workers.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="queue"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 0.</exception>
    /// <exception cref="QueueAssertionException">
    /// The queue refused a job, or the workers were not free within 30 seconds. No worker remains occupied.
    /// </exception>
    public static async Task<OccupiedQueue> OccupyWorkersAsync(
        this JobQueue queue, int count, JobTraits traits = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var occupied = new OccupiedQueue(queue);
        try
        {
            for (var i = 0; i < count; i++)
            {
                var job = occupied.Enter(traits);
                await QueuePolling.UntilAsync(
                    () => job.IsCompleted,
                    () => $"{i} of {count} workers of {QueuePolling.Describe(queue)} could be occupied.",
                    timeout: null,
                    cancellationToken).ConfigureAwait(false);
                if ((await job.ConfigureAwait(false)).Rejection is { } rejection)
                {
                    throw Refused(queue, $"A job that was to occupy worker {i + 1} of {count}", rejection);
                }
            }
            return occupied;
        }
        catch
        {
            await occupied.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Adds jobs that wait in the queue. All workers must be occupied already.</summary>
    /// <remarks>
    /// <code>
    /// await using var busy = await queue.OccupyWorkersAsync(queue.GetSnapshot().Workers);
    /// await using var line = queue.OccupyPlaces(10);
    /// Assert.Equal(10, queue.GetSnapshot().Waiting);
    /// </code>
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="count">The number of places; from 0.</param>
    /// <param name="traits">Key and priority of the jobs that wait. Default: a plain job.</param>
    /// <returns>The jobs that hold the places. Disposing the object releases the places.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="queue"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 0.</exception>
    /// <exception cref="QueueAssertionException">
    /// A worker was free, or the queue refused a job. No place remains occupied.
    /// </exception>
    public static OccupiedQueue OccupyPlaces(this JobQueue queue, int count, JobTraits traits = default)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var occupied = new OccupiedQueue(queue);
        for (var i = 0; i < count; i++)
        {
            var job = occupied.Enter(traits);
            if (!job.IsCompleted)
            {
                continue;
            }
            var rejection = job.Result.Rejection;
            occupied.Dispose();
            throw rejection is { } refused
                ? Refused(queue, $"A job that was to occupy place {i + 1} of {count}", refused)
                : new QueueAssertionException(
                    $"A job that was to wait got a worker of {QueuePolling.Describe(queue)}. " +
                    "Call OccupyWorkersAsync first.");
        }
        return occupied;
    }

    /// <summary>
    /// Takes all free workers and all places, so that each new job is refused with
    /// <see cref="RejectionReason.QueueFull"/>.
    /// </summary>
    /// <remarks>
    /// <para>Each job has a separate key and the priority <see cref="JobPriority.Critical"/>, so that no new job takes
    /// its place. With <see cref="QueueProcessingOrder.NewestFirst"/> or <see cref="JobQueueOptions.OverloadControl"/>,
    /// a new job may still take the place of another. Use <see cref="RefuseAll"/> for such a queue.</para>
    /// <code>
    /// using (queue.Fill())
    /// {
    ///     using var response = await client.GetAsync("/checkout");
    ///     await QueueAssert.RefusedAsync(response, RejectionReason.QueueFull);
    /// }
    /// </code>
    /// </remarks>
    /// <param name="queue">The queue. It must not be in dry run, because it then refuses nothing.</param>
    /// <returns>The jobs that hold the workers and places. Disposing the object releases them.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="queue"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The queue is in dry run.</exception>
    public static OccupiedQueue Fill(this JobQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        if (queue.GetSnapshot().Settings.DryRun)
        {
            throw new InvalidOperationException($"Queue '{queue.Name}' is in dry run, so it is never full.");
        }
        var occupied = new OccupiedQueue(queue);
        FillPlaces(occupied);
        return occupied;
    }

    /// <summary>Makes the queue refuse every new job for one reason, until the returned object is disposed.</summary>
    /// <remarks>
    /// <para><see cref="RejectionReason.QueueFull"/>: no job gets a worker, and all places are taken. Waiting jobs keep
    /// waiting, and running jobs finish. Until the disposal, <c>MaxWait</c> is infinite, <c>Order</c> is OldestFirst,
    /// and <c>DryRun</c>, <c>OverloadControl</c> and <c>AdaptiveMaxWait</c> are off.</para>
    /// <para><see cref="RejectionReason.Draining"/>: the queue drains, as when the application stops. Disposing the
    /// returned object resumes the queue.</para>
    /// <para>To test other reasons, create the conditions under which they occur. For
    /// <see cref="RejectionReason.WaitTimeout"/>, occupy the workers and advance the clock of the test by
    /// <c>MaxWait</c>.</para>
    /// <code>
    /// using (queue.RefuseAll(RejectionReason.Draining))
    /// {
    ///     using var response = await client.GetAsync("/checkout");
    ///     await QueueAssert.RefusedAsync(response, RejectionReason.Draining);
    /// }
    /// </code>
    /// </remarks>
    /// <param name="queue">The queue.</param>
    /// <param name="reason">
    /// <see cref="RejectionReason.QueueFull"/> or <see cref="RejectionReason.Draining"/>. Default QueueFull.
    /// </param>
    /// <returns>An object whose disposal undoes the call.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="queue"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="reason"/> is another reason. The other reasons depend on the traits of a job or on time.
    /// </exception>
    public static IDisposable RefuseAll(this JobQueue queue, RejectionReason reason = RejectionReason.QueueFull)
    {
        ArgumentNullException.ThrowIfNull(queue);
        var occupied = new OccupiedQueue(queue);
        switch (reason)
        {
            case RejectionReason.QueueFull:
                var before = queue.GetSnapshot().Settings;
                queue.Update(o =>
                {
                    (o.MaxWait, o.Order) = (Timeout.InfiniteTimeSpan, QueueProcessingOrder.OldestFirst);
                    (o.DryRun, o.OverloadControl, o.AdaptiveMaxWait) = (false, false, false);
                });
                queue.SetWorkerCap(CapName, 0);
                FillPlaces(occupied);
                occupied.Afterwards(() =>
                {
                    queue.Update(o =>
                    {
                        (o.MaxWait, o.Order) = (before.MaxWait, before.Order);
                        (o.DryRun, o.OverloadControl, o.AdaptiveMaxWait) =
                            (before.DryRun, before.OverloadControl, before.AdaptiveMaxWait);
                    });
                    queue.RemoveWorkerCap(CapName);
                });
                return occupied;

            case RejectionReason.Draining:
                // The task ends with the last job, or is cancelled by Resume. Nothing waits for it.
                _ = queue.DrainAsync();
                occupied.Afterwards(queue.Resume);
                return occupied;

            default:
                throw new ArgumentOutOfRangeException(
                    nameof(reason), reason, "A queue refuses all jobs only with QueueFull or Draining.");
        }
    }

    private static void FillPlaces(OccupiedQueue occupied)
    {
        for (var i = 0; ; i++)
        {
            // In a queue that keeps callers apart, jobs with one key could take only a part of the places.
            var traits = new JobTraits { Key = $"testing-{i}", Priority = JobPriority.Critical };
            var job = occupied.Enter(traits);
            if (job.IsCompleted && !job.Result.IsAdmitted)
            {
                return;
            }
        }
    }

    private static QueueAssertionException Refused(JobQueue queue, string job, Rejection rejection) =>
        new($"{job} was refused with {rejection.Reason} by {QueuePolling.Describe(queue)}.");
}

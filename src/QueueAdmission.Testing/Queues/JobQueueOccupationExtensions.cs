using System.Threading.RateLimiting;

namespace QueueAdmission.Testing;

/// <summary>Makes a queue busy, full or closed for a test.</summary>
/// <remarks>
/// The jobs of a test are jobs like all others. They count in the snapshot and in metrics, and
/// <see cref="JobQueueOptions.MaxWait"/> holds for those that wait.
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
    /// <returns>What holds the workers. Disposing it gives them back.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="queue"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 0.</exception>
    /// <exception cref="QueueAssertionException">
    /// The queue refused a job, or the workers were not free within 30 seconds. Nothing is held.
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

    /// <summary>Puts jobs in places where they wait. All workers have to be occupied already.</summary>
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
    /// <returns>What holds the places. Disposing it gives them back.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="queue"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 0.</exception>
    /// <exception cref="QueueAssertionException">
    /// A worker was free, or the queue refused a job. Nothing is held.
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
    /// Takes all workers that are free and all places, so that a newcomer is refused with
    /// <see cref="RejectionReason.QueueFull"/>.
    /// </summary>
    /// <remarks>
    /// <para>Each job has a key of its own and the priority <see cref="JobPriority.Critical"/>, so no newcomer takes
    /// its place. With <see cref="QueueProcessingOrder.NewestFirst"/> or <see cref="JobQueueOptions.OverloadControl"/>
    /// a newcomer may take it. Use <see cref="RefuseAll"/> for such a queue.</para>
    /// <code>
    /// using (queue.Fill())
    /// {
    ///     using var response = await client.GetAsync("/checkout");
    ///     await QueueAssert.RefusedAsync(response, RejectionReason.QueueFull);
    /// }
    /// </code>
    /// </remarks>
    /// <param name="queue">The queue. It does not run dry, because then it refuses nothing.</param>
    /// <returns>What holds the workers and places. Disposing it gives them back.</returns>
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

    /// <summary>Lets the queue refuse every newcomer for one reason, however long the test takes.</summary>
    /// <remarks>
    /// <para><see cref="RejectionReason.QueueFull"/>: no worker is given, and all places are taken. Jobs that wait
    /// already stay, and jobs that run finish. Meanwhile the queue has other settings: <c>MaxWait</c> infinite,
    /// <c>Order</c> OldestFirst, and <c>DryRun</c>, <c>OverloadControl</c> and <c>AdaptiveMaxWait</c> off.</para>
    /// <para><see cref="RejectionReason.Draining"/>: the queue drains, as when the application stops. Disposing
    /// resumes it.</para>
    /// <para>Other reasons come about as in production. For <see cref="RejectionReason.WaitTimeout"/> occupy the
    /// workers, and move the clock of the test on by <c>MaxWait</c>.</para>
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
    /// <returns>Disposing it undoes the call.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="queue"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="reason"/> is another one, which only a job's own traits or the time bring about.
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
            // Jobs of one key could have only a part of a queue that keeps callers apart.
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

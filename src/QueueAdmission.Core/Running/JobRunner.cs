using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>Runs the jobs that a queue admits: those of <c>RunAsync</c>, and those of <c>Push</c>.</summary>
internal static class JobRunner
{
    /// <summary>Runs a job in its caller's flow when it has its workers.</summary>
    /// <typeparam name="TResult">
    /// The type of its result. For a job without a result, a type that no task has.
    /// </typeparam>
    /// <param name="queue">The name of the queue.</param>
    /// <param name="entering">The lease, possibly still pending.</param>
    /// <param name="job">The job. Where it has a result, its task is a task of <typeparamref name="TResult"/>.</param>
    /// <param name="cancellationToken">What the job gets.</param>
    public static async Task<TResult> RunAsync<TResult>(
        string queue,
        ValueTask<QueueLease> entering,
        Func<CancellationToken, Task> job,
        CancellationToken cancellationToken)
    {
        var lease = await entering.ConfigureAwait(false);
        lease.ThrowIfRefused(queue);
        var ended = await RunLeasedAsync(lease, job, cancellationToken).ConfigureAwait(false);
        return ended is Task<TResult> result ? await result.ConfigureAwait(false) : default!;
    }

    /// <summary>Runs a pushed job on the thread pool when it has its workers.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="pushed">The entry in the list of the application; null if no application owns the queue.</param>
    /// <param name="waiter">The job's waiter; null if it was admitted.</param>
    /// <param name="held">What it holds, if it was admitted.</param>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">What the job gets.</param>
    /// <returns>The outcome. The task never fails.</returns>
    public static async Task<JobOutcome> RunPushedAsync(
        AdmissionEngine engine, PushedJob? pushed, Waiter? waiter, JobRecord? held, Func<CancellationToken, Task> job,
        CancellationToken cancellationToken)
    {
        // Also with a waiter: it may have been handed a worker since it took its place, and then awaiting it would go
        // on inside Push.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (waiter is not null)
            {
                var admission = await new ValueTask<Admission>(waiter, waiter.Version).ConfigureAwait(false);
                if (admission.Status == AdmissionStatus.Abandoned)
                    return JobHandle.CancelledOutcome;
                if (!admission.IsAdmitted)
                    return new JobOutcome(JobStatus.Rejected, Rejection: admission.Rejection);
                held = admission.Held;
            }
            pushed?.Begin();
            await RunLeasedAsync(QueueLease.Admitted(engine, held), job, cancellationToken).ConfigureAwait(false);
            return JobHandle.RanOutcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return JobHandle.CancelledOutcome;
        }
#pragma warning disable CA1031 // The handle's promise is to carry whatever the job throws to its owner.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new JobOutcome(JobStatus.Failed, exception);
        }
    }

    /// <summary>
    /// Runs a job that has its workers, and gives them back. All jobs of a queue run here, except for requests.
    /// </summary>
    /// <returns>The job's own task, which has succeeded. What the job throws goes on unchanged.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<Task> RunLeasedAsync(
        QueueLease lease, Func<CancellationToken, Task> job, CancellationToken cancellationToken)
    {
        using (lease)
        {
            try
            {
                var running = job(cancellationToken);
                await running.ConfigureAwait(false);
                return running;
            }
            catch
            {
                lease.IgnoreLatency();
                throw;
            }
        }
    }
}

using System.Runtime.CompilerServices;

namespace QueueAdmission;

/// <summary>Runs the jobs of <c>RunAsync</c> and <c>Push</c>.</summary>
internal static class JobRunner
{
    /// <summary>Runs a job in its caller's asynchronous flow as soon as the job has its workers.</summary>
    /// <typeparam name="TResult">
    /// The type of the job's result. For a job without a result, a type that no task has as its result.
    /// </typeparam>
    /// <param name="queue">The name of the queue.</param>
    /// <param name="entering">The lease, which may still be pending.</param>
    /// <param name="job">
    /// The job. If it has a result, it returns a <see cref="Task{TResult}"/> of <typeparamref name="TResult"/>.
    /// </param>
    /// <param name="cancellationToken">The token that the job receives.</param>
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

    /// <summary>Runs a pushed job on the thread pool as soon as it has its workers.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="pushed">The job's entry in <see cref="PushedJobs"/>. Null if no application owns the queue.</param>
    /// <param name="waiter">The job's waiter. Null if the job was admitted at once.</param>
    /// <param name="held">The record to release, if the job was admitted at once.</param>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">The token that the job receives.</param>
    /// <returns>The outcome. The task never fails.</returns>
    public static async Task<JobOutcome> RunPushedAsync(
        AdmissionEngine engine, PushedJob? pushed, Waiter? waiter, JobRecord? held, Func<CancellationToken, Task> job,
        CancellationToken cancellationToken)
    {
        // Needed even if there is a waiter. If the waiter has got a worker in the meantime, the await below completes
        // at once, and the job would run inside Push.
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
    /// Runs a job that has its workers, and then releases them. All jobs of <c>RunAsync</c> and <c>Push</c> run here.
    /// </summary>
    /// <returns>The task of the job, which has succeeded. Exceptions of the job are passed on unchanged.</returns>
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

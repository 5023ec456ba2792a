namespace QueueAdmission;

// The three ways in. Each asks the same accounts for a worker and differs only in what the caller gets.
public sealed partial class JobQueue
{
    private readonly RefusedHandles _refusedHandles = new();

    /// <summary>Takes a worker, waiting for one if need be. The caller does its work and then disposes the lease.</summary>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting. It has no effect on a lease that was given.</param>
    /// <returns>
    /// A lease. Look at <see cref="QueueLease.IsAdmitted"/>: a refusal is a result, not an exception. A wait that
    /// <paramref name="cancellationToken"/> ends is cancelled.
    /// </returns>
    /// <remarks>
    /// Await the result once, and dispose the lease. A result that is dropped keeps its worker for ever: the job waits, gets the worker, and
    /// nothing gives it back. So bound the wait by <paramref name="cancellationToken"/> or <see cref="JobQueueOptions.MaxWait"/>, not by
    /// <c>EnterAsync().AsTask().WaitAsync(timeout)</c>, which leaves the job in line. <c>EnterAsync().Result</c> works, and blocks its thread until the queue
    /// has decided.
    /// </remarks>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before there was a worker.</exception>
    public ValueTask<QueueLease> EnterAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<QueueLease>(cancellationToken);
        return TryAdmit() ? new ValueTask<QueueLease>(QueueLease.Admitted(this)) : EnterSlowly(brought: null, cancellationToken);
    }

    /// <summary>Takes a worker if one is free and nobody waits for it; otherwise refuses at once with <see cref="RejectionReason.QueueFull"/>.</summary>
    /// <returns>A lease. Look at <see cref="QueueLease.IsAdmitted"/>.</returns>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public QueueLease TryEnter()
    {
        if (TryAdmit())
            return QueueLease.Admitted(this);
        Arrive(brought: null, mayWait: false, out var admission);
        return QueueLease.From(this, admission);
    }

    /// <summary>Runs a job under the queue's limit, waiting for a worker if need be.</summary>
    /// <param name="job">The job. It gets <paramref name="cancellationToken"/>; what it throws reaches the caller unchanged.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <returns>A task that ends as the job ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    /// <exception cref="JobRejectedException">The queue refused the job; it did not run.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled while the job waited; it did not run.</exception>
    public Task RunAsync(Func<CancellationToken, Task> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return RunEnteredAsync(EnterAsync(cancellationToken), job, cancellationToken);
    }

    /// <summary>Runs a job that has a result under the queue's limit, waiting for a worker if need be.</summary>
    /// <typeparam name="TResult">The type of the job's result.</typeparam>
    /// <param name="job">The job. It gets <paramref name="cancellationToken"/>; what it throws reaches the caller unchanged.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <returns>The job's result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    /// <exception cref="JobRejectedException">The queue refused the job; it did not run.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled while the job waited; it did not run.</exception>
    public Task<TResult> RunAsync<TResult>(Func<CancellationToken, Task<TResult>> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return RunEnteredAsync(EnterAsync(cancellationToken), job, cancellationToken);
    }

    /// <summary>Gives a job to the queue and returns at once. The job runs on the thread pool, now or when it is its turn.</summary>
    /// <remarks>
    /// A pushed job is the program's own work. In a web application that stops, it still has its turn, and a hosted service may push more,
    /// whereas callers that wait in their own flow are refused. See <c>docs/operations.md</c>.
    /// </remarks>
    /// <param name="job">The job. It gets <paramref name="cancellationToken"/>.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <returns>A handle that completes with the job's outcome; it never throws by itself. A refused job's handle is already complete.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    public JobHandle Push(Func<CancellationToken, Task> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (cancellationToken.IsCancellationRequested)
            return JobHandle.Cancelled;
        if (MeasuresJobs)
            job = Measured(job);
        return TryAdmit()
            ? StartPushed(null, null, job, cancellationToken)
            : PushSlowly(brought: null, job, cancellationToken);
    }

    internal ValueTask<QueueLease> EnterSlowly(object? brought, CancellationToken cancellationToken)
    {
        var waiter = Arrive(brought, mayWait: true, out var admission);
        if (waiter is null)
            return new ValueTask<QueueLease>(QueueLease.From(this, admission));
        waiter.LeaveOn(cancellationToken);
        return waiter.LeftOnArrival
            ? ValueTask.FromCanceled<QueueLease>(cancellationToken)
            : new ValueTask<QueueLease>(waiter, waiter.Version);
    }

    private JobHandle PushSlowly(object? brought, Func<CancellationToken, Task> job, CancellationToken cancellationToken)
    {
        var waiter = Arrive(brought, mayWait: true, out var admission, source: JobSource.Push);
        if (waiter is not null)
        {
            waiter.LeaveOn(cancellationToken);
            return StartPushed(waiter, null, job, cancellationToken);
        }
        return admission.IsAdmitted
            ? StartPushed(null, admission.Held, job, cancellationToken)
            : _refusedHandles.Get(admission.Rejection);
    }

    private JobHandle StartPushed(Waiter? waiter, JobRecord? held, Func<CancellationToken, Task> job, CancellationToken cancellationToken)
    {
        if (_pushedJobs?.Add() is not { } pushed)
            return new JobHandle(RunPushedAsync(null, waiter, held, job, cancellationToken));
        _ = RunAndEndAsync(pushed, waiter, held, job, cancellationToken);
        return new JobHandle(pushed.Completion);
    }

    private async Task RunAndEndAsync(PushedJob pushed, Waiter? waiter, JobRecord? held, Func<CancellationToken, Task> job, CancellationToken cancellationToken) =>
        pushed.End(await RunPushedAsync(pushed, waiter, held, job, cancellationToken).ConfigureAwait(false));

    private async Task<JobOutcome> RunPushedAsync(PushedJob? pushed, Waiter? waiter, JobRecord? held, Func<CancellationToken, Task> job, CancellationToken cancellationToken)
    {
        // Also with a waiter: it may have been handed a worker since it took its place, and then awaiting it would go on inside Push.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (waiter is not null)
        {
            Admission admission;
            try
            {
                admission = await new ValueTask<Admission>(waiter, waiter.Version).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // A listener of the metrics threw, and the worker is back already. The handle's promise is to carry everything to its owner.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                return new JobOutcome(JobStatus.Failed, exception);
            }
            if (!admission.IsAdmitted)
                return admission.Status == AdmissionStatus.Abandoned ? JobHandle.CancelledOutcome : new JobOutcome(JobStatus.Rejected, Rejection: admission.Rejection);
            held = admission.Held;
        }

        pushed?.Begin();
        var startedAt = MeasuresLatency ? _time.GetTimestamp() : -1;
        try
        {
            await job(cancellationToken).ConfigureAwait(false);
            if (startedAt >= 0)
                ReportLatency(_time.GetTimestamp() - startedAt);
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
        finally
        {
            Release(held);
        }
    }
}

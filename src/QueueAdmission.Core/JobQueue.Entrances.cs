using System.Runtime.CompilerServices;

namespace QueueAdmission;

// The three ways to enter the queue. All of them take workers from the same engine, and differ only in what they
// return.
public sealed partial class JobQueue
{
    private readonly RefusedHandles _refusedHandles = new();

    /// <summary>
    /// Takes a worker, and waits for one if none is free. The caller runs the job and then disposes the lease.
    /// </summary>
    /// <param name="cancellationToken">
    /// Ends the wait when cancelled. It has no effect on a lease that has been returned.
    /// </param>
    /// <returns>
    /// A lease. Check <see cref="QueueLease.IsAdmitted"/>: a refusal is a result, not an exception. If
    /// <paramref name="cancellationToken"/> ends the wait, the task is cancelled.
    /// </returns>
    /// <remarks>
    /// <para>Await the result once, and dispose the lease. If the result is dropped, the job still waits and gets a
    /// worker, which is then never released. To limit the wait, use <paramref name="cancellationToken"/> or
    /// <see cref="JobQueueOptions.MaxWait"/>. Do not use <c>EnterAsync().AsTask().WaitAsync(timeout)</c>: after the
    /// timeout, the job still waits.</para>
    /// <para><c>EnterAsync().Result</c> works. It blocks its thread until the queue has decided.</para>
    /// </remarks>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before the job got a worker.
    /// </exception>
    public ValueTask<QueueLease> EnterAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<QueueLease>(cancellationToken);
        return _engine.TryAdmit()
            ? new ValueTask<QueueLease>(QueueLease.Admitted(_engine))
            : this.EnterSlowly(jobState: null, cancellationToken);
    }

    /// <inheritdoc cref="EnterAsync(CancellationToken)" path="/*[not(self::param)]"/>
    /// <param name="traits">
    /// The key, priority, weight and deadline of the job. The job takes as many workers as its weight.
    /// </param>
    /// <param name="cancellationToken">Ends the wait when cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The weight exceeds the number of workers that the job could ever get.
    /// </exception>
    public ValueTask<QueueLease> EnterAsync(in JobTraits traits, CancellationToken cancellationToken = default)
    {
        traits.ThrowIfTooHeavy(this);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<QueueLease>(cancellationToken);
        return this.TryAdmit(traits)
            ? new ValueTask<QueueLease>(QueueLease.Admitted(_engine))
            : this.EnterSlowly(traits.JobState, cancellationToken);
    }

    /// <summary>
    /// Takes a worker if one is free and no waiting job has a right to it. Otherwise refuses the job at once, usually
    /// with <see cref="RejectionReason.QueueFull"/>. It never waits.
    /// </summary>
    /// <returns>A lease. Check <see cref="QueueLease.IsAdmitted"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public QueueLease TryEnter()
    {
        var engine = _engine;
        return engine.TryAdmit() ? QueueLease.Admitted(engine) : TryEnterSlowly(jobState: null);
    }

    /// <inheritdoc cref="TryEnter()" path="/*[not(self::param)]"/>
    /// <param name="traits">
    /// The key, priority, weight and deadline of the job. The job takes as many workers as its weight.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The weight exceeds the number of workers that the job could ever get.
    /// </exception>
    public QueueLease TryEnter(in JobTraits traits)
    {
        traits.ThrowIfTooHeavy(this);
        return this.TryAdmit(traits) ? QueueLease.Admitted(_engine) : TryEnterSlowly(traits.JobState);
    }

    /// <summary>Takes a worker, waiting for one if none is free, and runs a job.</summary>
    /// <param name="job">
    /// The job. It receives <paramref name="cancellationToken"/>. Its exceptions reach the caller unchanged.
    /// </param>
    /// <param name="cancellationToken">Ends the wait when cancelled.</param>
    /// <returns>A task that completes, fails or is cancelled as the job is.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    /// <exception cref="JobRejectedException">The queue refused the job. The job did not run.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled while the job waited. The job did not run.
    /// </exception>
    public Task RunAsync(Func<CancellationToken, Task> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return JobRunner.RunAsync<NoResult>(Name, EnterAsync(cancellationToken), job, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync(Func{CancellationToken, Task}, CancellationToken)" path="/*[not(self::param)]"/>
    /// <param name="job">The job. It receives <paramref name="cancellationToken"/>.</param>
    /// <param name="traits">
    /// The key, priority, weight and deadline of the job. The job takes as many workers as its weight.
    /// </param>
    /// <param name="cancellationToken">Ends the wait when cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The weight exceeds the number of workers that the job could ever get.
    /// </exception>
    public Task RunAsync(
        Func<CancellationToken, Task> job, in JobTraits traits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return JobRunner.RunAsync<NoResult>(Name, EnterAsync(traits, cancellationToken), job, cancellationToken);
    }

    /// <summary>Takes a worker, waiting for one if none is free, and runs a job that returns a result.</summary>
    /// <typeparam name="TResult">The type of the job's result.</typeparam>
    /// <param name="job">
    /// The job. It receives <paramref name="cancellationToken"/>. Its exceptions reach the caller unchanged.
    /// </param>
    /// <param name="cancellationToken">Ends the wait when cancelled.</param>
    /// <returns>The job's result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    /// <exception cref="JobRejectedException">The queue refused the job. The job did not run.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled while the job waited. The job did not run.
    /// </exception>
    public Task<TResult> RunAsync<TResult>(
        Func<CancellationToken, Task<TResult>> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return JobRunner.RunAsync<TResult>(Name, EnterAsync(cancellationToken), job, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync{TResult}(Func{CancellationToken, Task{TResult}}, CancellationToken)"
    /// path="/*[not(self::param)]"/>
    /// <param name="job">The job. It receives <paramref name="cancellationToken"/>.</param>
    /// <param name="traits">
    /// The key, priority, weight and deadline of the job. The job takes as many workers as its weight.
    /// </param>
    /// <param name="cancellationToken">Ends the wait when cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The weight exceeds the number of workers that the job could ever get.
    /// </exception>
    public Task<TResult> RunAsync<TResult>(
        Func<CancellationToken, Task<TResult>> job, in JobTraits traits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return JobRunner.RunAsync<TResult>(Name, EnterAsync(traits, cancellationToken), job, cancellationToken);
    }

    /// <summary>
    /// Adds a job to the queue and returns at once. The job runs on the thread pool, as soon as it gets a worker.
    /// </summary>
    /// <remarks>
    /// A pushed job is the program's own work. While a web application stops, pushed jobs that wait still get their
    /// turn, and a hosted service may push more. Callers that wait in their own asynchronous flow are refused instead.
    /// See <c>docs/operations.md</c>.
    /// </remarks>
    /// <param name="job">The job. It receives <paramref name="cancellationToken"/>.</param>
    /// <param name="cancellationToken">Ends the wait when cancelled.</param>
    /// <returns>
    /// A handle that completes with the job's outcome and never throws. If the job is refused at once, the handle is
    /// already complete.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    public JobHandle Push(Func<CancellationToken, Task> job, CancellationToken cancellationToken = default) =>
        Push(job, default, cancellationToken);

    /// <inheritdoc cref="Push(Func{CancellationToken, Task}, CancellationToken)" path="/*[not(self::param)]"/>
    /// <param name="job">The job. It receives <paramref name="cancellationToken"/>.</param>
    /// <param name="traits">
    /// The key, priority, weight and deadline of the job. The job takes as many workers as its weight.
    /// </param>
    /// <param name="cancellationToken">Ends the wait when cancelled.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The weight exceeds the number of workers that the job could ever get.
    /// </exception>
    public JobHandle Push(
        Func<CancellationToken, Task> job, in JobTraits traits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        traits.ThrowIfTooHeavy(this);
        if (cancellationToken.IsCancellationRequested)
            return JobHandle.Cancelled;
        if (this.TryAdmit(traits))
            return StartPushed(waiter: null, held: null, job, cancellationToken);
        var waiter = this.Arrive(traits.JobState, mayWait: true, out var admission, source: JobSource.Push);
        if (waiter is null && !admission.IsAdmitted)
            return _refusedHandles.Get(admission.Rejection);
        waiter?.LeaveOn(cancellationToken);
        return StartPushed(waiter, admission.Held, job, cancellationToken);
    }

    private QueueLease TryEnterSlowly(object? jobState)
    {
        this.Arrive(jobState, mayWait: false, out var admission);
        return QueueLease.From(_engine, admission);
    }

    private JobHandle StartPushed(
        Waiter? waiter, JobRecord? held, Func<CancellationToken, Task> job, CancellationToken cancellationToken)
    {
        var pushed = PushedJobs?.Add();
        var running = JobRunner.RunPushedAsync(_engine, pushed, waiter, held, job, cancellationToken);
        return new JobHandle(pushed?.CompleteWith(running) ?? running);
    }

    /// <summary>The result type for a job without a result. No task has this result type.</summary>
    private readonly struct NoResult;
}

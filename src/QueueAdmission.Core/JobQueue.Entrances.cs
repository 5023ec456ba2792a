using System.Runtime.CompilerServices;

namespace QueueAdmission;

// The three ways in. Each asks the same engine for workers, and differs only in what the caller gets.
public sealed partial class JobQueue
{
    private readonly RefusedHandles _refusedHandles = new();

    /// <summary>
    /// Takes a worker, and waits for one if none is free. The caller does its work and then disposes the lease.
    /// </summary>
    /// <param name="cancellationToken">
    /// Leaves the line at once when cancelled while waiting. It has no effect on a lease that was given.
    /// </param>
    /// <returns>
    /// A lease. Look at <see cref="QueueLease.IsAdmitted"/>: a refusal is a result, not an exception. A wait that
    /// <paramref name="cancellationToken"/> ends is cancelled.
    /// </returns>
    /// <remarks>
    /// Await the result once, and dispose the lease. A result that is dropped keeps its worker: the job waits, gets the
    /// worker, and nothing gives it back. So bound the wait by <paramref name="cancellationToken"/> or
    /// <see cref="JobQueueOptions.MaxWait"/>. <c>EnterAsync().AsTask().WaitAsync(timeout)</c> leaves the job in line.
    /// <c>EnterAsync().Result</c> works, and blocks its thread until the queue has decided.
    /// </remarks>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled before there was a worker.
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
    /// <param name="traits">Key, priority, weight and deadline. The job takes as many workers as its weight.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is more than the job could ever get.</exception>
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
    /// Takes a worker if one is free and no job waits for it; otherwise refuses at once with
    /// <see cref="RejectionReason.QueueFull"/>.
    /// </summary>
    /// <returns>A lease. Look at <see cref="QueueLease.IsAdmitted"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public QueueLease TryEnter()
    {
        var engine = _engine;
        return engine.TryAdmit() ? QueueLease.Admitted(engine) : TryEnterSlowly(jobState: null);
    }

    /// <inheritdoc cref="TryEnter()" path="/*[not(self::param)]"/>
    /// <param name="traits">Key, priority, weight and deadline. The job takes as many workers as its weight.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is more than the job could ever get.</exception>
    public QueueLease TryEnter(in JobTraits traits)
    {
        traits.ThrowIfTooHeavy(this);
        return this.TryAdmit(traits) ? QueueLease.Admitted(_engine) : TryEnterSlowly(traits.JobState);
    }

    /// <summary>Runs a job under the queue's limits, and waits for a worker if none is free.</summary>
    /// <param name="job">
    /// The job. It gets <paramref name="cancellationToken"/>; what it throws reaches the caller unchanged.
    /// </param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <returns>A task that ends as the job ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    /// <exception cref="JobRejectedException">The queue refused the job; it did not run.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled while the job waited; it did not run.
    /// </exception>
    public Task RunAsync(Func<CancellationToken, Task> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return JobRunner.RunAsync<NoResult>(Name, EnterAsync(cancellationToken), job, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync(Func{CancellationToken, Task}, CancellationToken)" path="/*[not(self::param)]"/>
    /// <param name="job">The job. It gets <paramref name="cancellationToken"/>.</param>
    /// <param name="traits">Key, priority, weight and deadline. The job takes as many workers as its weight.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is more than the job could ever get.</exception>
    public Task RunAsync(
        Func<CancellationToken, Task> job, in JobTraits traits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return JobRunner.RunAsync<NoResult>(Name, EnterAsync(traits, cancellationToken), job, cancellationToken);
    }

    /// <summary>
    /// Runs a job that has a result under the queue's limits, and waits for a worker if none is free.
    /// </summary>
    /// <typeparam name="TResult">The type of the job's result.</typeparam>
    /// <param name="job">
    /// The job. It gets <paramref name="cancellationToken"/>; what it throws reaches the caller unchanged.
    /// </param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <returns>The job's result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    /// <exception cref="JobRejectedException">The queue refused the job; it did not run.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled while the job waited; it did not run.
    /// </exception>
    public Task<TResult> RunAsync<TResult>(
        Func<CancellationToken, Task<TResult>> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return JobRunner.RunAsync<TResult>(Name, EnterAsync(cancellationToken), job, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync{TResult}(Func{CancellationToken, Task{TResult}}, CancellationToken)"
    ///     path="/*[not(self::param)]"/>
    /// <param name="job">The job. It gets <paramref name="cancellationToken"/>.</param>
    /// <param name="traits">Key, priority, weight and deadline. The job takes as many workers as its weight.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is more than the job could ever get.</exception>
    public Task<TResult> RunAsync<TResult>(
        Func<CancellationToken, Task<TResult>> job, in JobTraits traits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return JobRunner.RunAsync<TResult>(Name, EnterAsync(traits, cancellationToken), job, cancellationToken);
    }

    /// <summary>
    /// Gives a job to the queue and returns at once. The job runs on the thread pool, now or when it is its turn.
    /// </summary>
    /// <remarks>
    /// A pushed job is the program's own work. In a web application that stops, it still has its turn, and a hosted
    /// service may push more. Callers that wait in their own flow are refused then. See <c>docs/operations.md</c>.
    /// </remarks>
    /// <param name="job">The job. It gets <paramref name="cancellationToken"/>.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <returns>
    /// A handle that completes with the job's outcome and never throws by itself. After a refusal it is complete.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    public JobHandle Push(Func<CancellationToken, Task> job, CancellationToken cancellationToken = default) =>
        Push(job, default, cancellationToken);

    /// <inheritdoc cref="Push(Func{CancellationToken, Task}, CancellationToken)" path="/*[not(self::param)]"/>
    /// <param name="job">The job. It gets <paramref name="cancellationToken"/>.</param>
    /// <param name="traits">Key, priority, weight and deadline. The job takes as many workers as its weight.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is more than the job could ever get.</exception>
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

    /// <summary>The result of a job that has none. No task of it exists.</summary>
    private readonly struct NoResult;
}

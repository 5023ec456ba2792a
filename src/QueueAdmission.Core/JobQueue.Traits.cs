namespace QueueAdmission;

// The same ways in for jobs that bring something along.
public sealed partial class JobQueue
{
    /// <summary>Takes as many workers as the job weighs, waiting for them if need be. The caller does its work and then disposes the lease.</summary>
    /// <param name="traits">What the job brings along.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting. It has no effect on a lease that was given.</param>
    /// <returns>
    /// A lease. Look at <see cref="QueueLease.IsAdmitted"/>: a refusal is a result, not an exception. A wait that
    /// <paramref name="cancellationToken"/> ends is cancelled.
    /// </returns>
    /// <remarks>Await the result once, and dispose the lease: see <see cref="EnterAsync(CancellationToken)"/>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The job's <see cref="JobTraits.Weight"/> is more than it could ever get.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before there was a worker.</exception>
    public ValueTask<QueueLease> EnterAsync(in JobTraits traits, CancellationToken cancellationToken = default)
    {
        ThrowIfTooHeavy(traits);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<QueueLease>(cancellationToken);
        return TryAdmit(traits) ? new ValueTask<QueueLease>(QueueLease.Admitted(this)) : EnterSlowly(traits.Brought, cancellationToken);
    }

    /// <summary>Takes as many workers as the job weighs if they are free and nobody waits for them; otherwise refuses at once.</summary>
    /// <param name="traits">What the job brings along.</param>
    /// <returns>A lease. Look at <see cref="QueueLease.IsAdmitted"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The job's <see cref="JobTraits.Weight"/> is more than it could ever get.</exception>
    public QueueLease TryEnter(in JobTraits traits)
    {
        ThrowIfTooHeavy(traits);
        if (TryAdmit(traits))
            return QueueLease.Admitted(this);
        Arrive(traits.Brought, mayWait: false, out var admission);
        return QueueLease.From(this, admission);
    }

    /// <summary>Runs a job under the queue's limits, waiting for its workers if need be.</summary>
    /// <param name="job">The job. It gets <paramref name="cancellationToken"/>; what it throws reaches the caller unchanged.</param>
    /// <param name="traits">What the job brings along.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <returns>A task that ends as the job ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The job's <see cref="JobTraits.Weight"/> is more than it could ever get.</exception>
    /// <exception cref="JobRejectedException">The queue refused the job; it did not run.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled while the job waited; it did not run.</exception>
    public Task RunAsync(Func<CancellationToken, Task> job, in JobTraits traits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return RunEnteredAsync(EnterAsync(traits, cancellationToken), job, cancellationToken);
    }

    /// <summary>Runs a job that has a result under the queue's limits, waiting for its workers if need be.</summary>
    /// <typeparam name="TResult">The type of the job's result.</typeparam>
    /// <param name="job">The job. It gets <paramref name="cancellationToken"/>; what it throws reaches the caller unchanged.</param>
    /// <param name="traits">What the job brings along.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <returns>The job's result.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The job's <see cref="JobTraits.Weight"/> is more than it could ever get.</exception>
    /// <exception cref="JobRejectedException">The queue refused the job; it did not run.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled while the job waited; it did not run.</exception>
    public Task<TResult> RunAsync<TResult>(Func<CancellationToken, Task<TResult>> job, in JobTraits traits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return RunEnteredAsync(EnterAsync(traits, cancellationToken), job, cancellationToken);
    }

    /// <summary>Gives a job to the queue and returns at once. The job runs on the thread pool, now or when it is its turn.</summary>
    /// <param name="job">The job. It gets <paramref name="cancellationToken"/>.</param>
    /// <param name="traits">What the job brings along.</param>
    /// <param name="cancellationToken">Leaves the line at once when cancelled while waiting.</param>
    /// <returns>A handle that completes with the job's outcome; it never throws by itself. A refused job's handle is already complete.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="job"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The job's <see cref="JobTraits.Weight"/> is more than it could ever get.</exception>
    public JobHandle Push(Func<CancellationToken, Task> job, in JobTraits traits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        ThrowIfTooHeavy(traits);
        if (cancellationToken.IsCancellationRequested)
            return JobHandle.Cancelled;
        if (MeasuresJobs)
            job = Measured(job);
        return TryAdmit(traits)
            ? StartPushed(null, null, job, cancellationToken)
            : PushSlowly(traits.Brought, job, cancellationToken);
    }

    /// <summary>Takes a worker as <see cref="TryAdmit()"/> does. What weighs more, or has no time left, is for <see cref="Arrive(in JobTraits, bool, out Admission)"/>.</summary>
    internal bool TryAdmit(in JobTraits traits) => traits.Weight == 1 && !(traits.Deadline <= TimeSpan.Zero) && TryAdmit();

    /// <summary>A job that brings something along comes, and found no free worker at first sight.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The job's weight is more than it could ever get.</exception>
    internal Waiter? Arrive(in JobTraits traits, bool mayWait, out Admission admission)
    {
        ThrowIfTooHeavy(traits);
        return Arrive(traits.Brought, mayWait, out admission);
    }

    private void ThrowIfTooHeavy(in JobTraits traits)
    {
        if (traits.Weight == 1)
            return;
        var settings = Settings;
        if (traits.Weight > (settings.AdaptiveWorkers ? settings.MaxWorkers : settings.Workers))
            throw new ArgumentOutOfRangeException(nameof(traits), traits.Weight, $"A job's Weight may not be above the Workers of its queue; queue '{Name}' has {settings.Workers}.");
        if (traits.Weight > settings.MaxWorkersPerKey)
            throw new ArgumentOutOfRangeException(nameof(traits), traits.Weight, $"A job's Weight may not be above the MaxWorkersPerKey of its queue; queue '{Name}' has {settings.MaxWorkersPerKey}.");
    }

    private async Task RunEnteredAsync(ValueTask<QueueLease> entering, Func<CancellationToken, Task> job, CancellationToken cancellationToken)
    {
        using var lease = await entering.ConfigureAwait(false);
        lease.ThrowIfRefused(Name);
        try
        {
            await job(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lease.IgnoreLatency();
            throw;
        }
    }

    private async Task<TResult> RunEnteredAsync<TResult>(ValueTask<QueueLease> entering, Func<CancellationToken, Task<TResult>> job, CancellationToken cancellationToken)
    {
        using var lease = await entering.ConfigureAwait(false);
        lease.ThrowIfRefused(Name);
        try
        {
            return await job(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lease.IgnoreLatency();
            throw;
        }
    }
}

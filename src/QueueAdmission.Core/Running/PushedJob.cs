namespace QueueAdmission;

/// <summary>A pushed job of a queue that an application owns, and the completion of the job's handle.</summary>
internal sealed class PushedJob
{
    private readonly PushedJobs _jobs;

    // Continuations do not run inline: a caller's continuation might block before End has removed this job from the
    // list, and the application waits for that at shutdown.
    private readonly TaskCompletionSource<JobOutcome> _completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    public PushedJob(PushedJobs jobs)
    {
        _jobs = jobs;
        Place = new LinkedListNode<PushedJob>(this);
    }

    /// <summary>The job's node in the list. Guarded by the lock of the list.</summary>
    public LinkedListNode<PushedJob> Place { get; }

    public Task<JobOutcome> Completion => _completion.Task;

    /// <summary>Whether the job has started. Guarded by the lock of the list.</summary>
    public bool IsRunning { get; set; }

    /// <summary>
    /// Called when the job has its workers. If the application has already given up its pushed jobs, completes the
    /// handle at once as <see cref="JobStatus.Unfinished"/>.
    /// </summary>
    public void Begin()
    {
        if (_jobs.MarkRunning(this))
            End(JobHandle.UnfinishedOutcome);
    }

    /// <summary>
    /// Returns a task that completes with the job, or earlier if the application gives up waiting for the job.
    /// </summary>
    public Task<JobOutcome> CompleteWith(Task<JobOutcome> running)
    {
        _ = EndAsync(running);
        return Completion;
    }

    /// <summary>Sets the outcome of the handle. Only the first call has an effect.</summary>
    public void End(JobOutcome outcome)
    {
        _completion.TrySetResult(outcome);
        _jobs.Remove(this);
    }

    private async Task EndAsync(Task<JobOutcome> running) => End(await running.ConfigureAwait(false));
}

namespace QueueAdmission;

/// <summary>A pushed job of an application's queue, and the completion of its handle.</summary>
internal sealed class PushedJob
{
    private readonly PushedJobs _jobs;

    // Not inline: what a caller does next may block, and the application waits for the list that this job leaves
    // afterwards.
    private readonly TaskCompletionSource<JobOutcome> _completion = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    public PushedJob(PushedJobs jobs)
    {
        _jobs = jobs;
        Place = new LinkedListNode<PushedJob>(this);
    }

    /// <summary>Its place in the list. Guarded by the list.</summary>
    public LinkedListNode<PushedJob> Place { get; }

    public Task<JobOutcome> Completion => _completion.Task;

    /// <summary>Whether the job has begun. Guarded by the list.</summary>
    public bool IsRunning { get; set; }

    /// <summary>The job has its worker.</summary>
    public void Begin()
    {
        if (_jobs.MarkRunning(this))
            End(JobHandle.UnfinishedOutcome);
    }

    /// <summary>Returns a task that completes with the job, or earlier if the application gives the job up.</summary>
    public Task<JobOutcome> CompleteWith(Task<JobOutcome> running)
    {
        _ = EndAsync(running);
        return Completion;
    }

    /// <summary>Sets the outcome. Only the first one counts.</summary>
    public void End(JobOutcome outcome)
    {
        _completion.TrySetResult(outcome);
        _jobs.Remove(this);
    }

    private async Task EndAsync(Task<JobOutcome> running) => End(await running.ConfigureAwait(false));
}

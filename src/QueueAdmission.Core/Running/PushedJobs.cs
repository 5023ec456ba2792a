namespace QueueAdmission;

/// <summary>The pushed jobs of one queue that have not ended. An application waits for them when it stops.</summary>
/// <remarks>
/// A queue that no application owns has no such list, and its handles complete only when their jobs end. With the list,
/// a handle also completes when the application gives up waiting, because the job may then never end.
/// </remarks>
internal sealed class PushedJobs
{
    private readonly Lock _gate = new();
    private readonly LinkedList<PushedJob> _open = [];
    private TaskCompletionSource? _noneOpen;
    private bool _givenUp;

    public PushedJob Add()
    {
        var job = new PushedJob(this);
        lock (_gate)
            _open.AddLast(job.Place);
        return job;
    }

    /// <summary>Returns a task that completes when no pushed job is open any more.</summary>
    public Task WhenNoneIsOpenAsync()
    {
        lock (_gate)
        {
            if (_open.Count == 0)
                return Task.CompletedTask;
            return (_noneOpen ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>
    /// Completes the handles of all jobs that run now or start later with <see cref="JobStatus.Unfinished"/>. Before
    /// the call, the queue has to refuse the jobs that wait.
    /// </summary>
    /// <returns>The number of jobs that are running.</returns>
    public int GiveUp()
    {
        List<PushedJob> running;
        lock (_gate)
        {
            _givenUp = true;
            running = [.. _open.Where(job => job.IsRunning)];
        }
        foreach (var job in running)
            job.End(JobHandle.UnfinishedOutcome);
        return running.Count;
    }

    /// <summary>Marks a job as running.</summary>
    /// <returns>Whether the application has given up waiting for its jobs.</returns>
    public bool MarkRunning(PushedJob job)
    {
        lock (_gate)
        {
            job.IsRunning = true;
            return _givenUp;
        }
    }

    public void Remove(PushedJob job)
    {
        TaskCompletionSource? noneOpen;
        lock (_gate)
        {
            if (job.Place.List is null)
                return;
            _open.Remove(job.Place);
            if (_open.Count > 0)
                return;
            (noneOpen, _noneOpen) = (_noneOpen, null);
        }
        noneOpen?.TrySetResult();
    }
}

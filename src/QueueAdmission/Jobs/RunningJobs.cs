namespace QueueAdmission;

/// <summary>
/// The requests of one queue that hold a worker. They are recorded only while <see cref="RequestQueue.ListsRunning"/>
/// is true, because recording costs each request an object and a lock.
/// </summary>
internal sealed class RunningJobs(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<RunningJob> _jobs = [];

    public RunningJob Add(JobDescription description, RequestAdmission admission)
    {
        var job = new RunningJob(this, description, admission, time.GetTimestamp());
        lock (_lock)
        {
            _jobs.Add(job);
        }
        return job;
    }

    /// <summary>Returns the recorded requests that still hold their worker, oldest first.</summary>
    public IReadOnlyList<RunningJob> List()
    {
        lock (_lock)
        {
            return [.. _jobs.Where(job => job.HoldsWorker).OrderBy(job => job.StartedAt)];
        }
    }

    public void Remove(RunningJob job)
    {
        lock (_lock)
        {
            _jobs.Remove(job);
        }
    }
}

namespace QueueAdmission;

/// <summary>A request that holds a worker. It knows nothing of the request itself, which belongs to its own flow.</summary>
internal sealed class RunningJob(RunningJobs list, JobDescription description, RequestAdmission admission, long startedAt) : IDisposable
{
    public JobDescription Description { get; } = description;

    /// <summary>When it got its worker, on the queue's clock.</summary>
    public long StartedAt { get; } = startedAt;

    public TimeSpan Waited => admission.Waited;

    /// <summary>False once it gave its worker back, even if its handler goes on.</summary>
    public bool HoldsWorker => admission.HoldsWorker;

    /// <summary>The handler has ended.</summary>
    public void Dispose() => list.Remove(this);
}

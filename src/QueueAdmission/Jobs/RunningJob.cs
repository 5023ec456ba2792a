namespace QueueAdmission;

/// <summary>
/// A list entry for a request that holds a worker. It has no reference to the request, which belongs to another flow.
/// </summary>
internal sealed class RunningJob(
    RunningJobs list, JobDescription description, RequestAdmission admission, long startedAt) : IDisposable
{
    public JobDescription Description { get; } = description;

    /// <summary>When the request got its worker: a timestamp of the queue's clock.</summary>
    public long StartedAt { get; } = startedAt;

    public TimeSpan Waited => admission.Waited;

    /// <summary>False after the request gave its worker back, even if its handler still runs.</summary>
    public bool HoldsWorker => admission.HoldsWorker;

    /// <summary>Removes the entry from the list, when the handler has ended.</summary>
    public void Dispose() => list.Remove(this);
}

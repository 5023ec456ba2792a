namespace QueueAdmission;

/// <summary>
/// A list entry for a request that holds a worker. It has no reference to the <c>HttpContext</c>, which other threads
/// must not read.
/// </summary>
internal sealed class RunningJob(
    RunningJobs list, JobDescription description, RequestAdmission admission, long startedAt) : IDisposable
{
    public JobDescription Description { get; } = description;

    /// <summary>The time at which the request got its worker, as a timestamp of the queue's clock.</summary>
    public long StartedAt { get; } = startedAt;

    public TimeSpan Waited => admission.Waited;

    /// <summary>
    /// Whether the request still holds its worker. False after the worker has been released, even if the handler still
    /// runs.
    /// </summary>
    public bool HoldsWorker => admission.HoldsWorker;

    /// <summary>Removes the entry from the list. Called when the handler has ended.</summary>
    public void Dispose() => list.Remove(this);
}

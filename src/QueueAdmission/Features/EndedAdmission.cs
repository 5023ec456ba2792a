namespace QueueAdmission;

/// <summary>The feature of a request that got a worker at once and whose handler has ended: there is nothing left to give back. One object for all of them.</summary>
internal sealed class EndedAdmission(JobQueue queue) : IQueueFeature
{
    public JobQueue Queue { get; } = queue;

    public TimeSpan Waited => TimeSpan.Zero;

    public int WaitersAhead => 0;

    public bool HoldsWorker => false;

    public void ReportOverload() => Queue.ReportOverload();

    public void IgnoreLatency()
    {
        // It has been taken already, if at all.
    }
}

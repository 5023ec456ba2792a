namespace QueueAdmission;

/// <summary>The feature of a request that got a worker without waiting: one object for all of them, because nothing in it is the request's own.</summary>
/// <remarks>
/// It cannot remember that a worker was given back. The one who does that early puts a <see cref="HeldWorker"/> of the request in its place, so after the
/// handler an unchanged <c>Features.Revision</c> says that nobody did. At the end an <see cref="EndedAdmission"/> takes its place.
/// </remarks>
internal sealed class ImmediateAdmission(JobQueue queue) : IQueueFeature
{
    public JobQueue Queue { get; } = queue;

    public TimeSpan Waited => TimeSpan.Zero;

    public int WaitersAhead => 0;

    public bool HoldsWorker => true;

    public void ReportOverload() => Queue.ReportOverload();

    public void IgnoreLatency()
    {
        // Where latency counts, no request shares its feature.
    }
}

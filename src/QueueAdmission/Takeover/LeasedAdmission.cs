namespace QueueAdmission;

/// <summary>The admission of a request that runs under a lease that other code has taken.</summary>
/// <remarks>The ticket of the lease measures the job, so this object does not.</remarks>
internal sealed class LeasedAdmission(JobQueue queue, QueueLease lease) : RequestAdmission(queue.Engine, startedAt: 0)
{
    public override void IgnoreLatency() => lease.IgnoreLatency();

    protected override void GiveBack() => lease.Dispose();
}

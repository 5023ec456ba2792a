namespace QueueAdmission.Cluster;

/// <summary>Connects the lease algorithm to the workers of a real queue.</summary>
internal sealed class EngineWorkers(JobQueue queue, LocalClock clock) : ILeasedWorkers
{
    public const string CapName = "lease";

    public NodeDemand ReadDemand()
    {
        var demand = queue.ReadDemand();
        return new NodeDemand(demand.WorkersInUse, demand.WorkersWanted, demand.LongestWait, demand.HeaviestWaiter);
    }

    public void SetCap(int workers, LocalTime? end, int afterwards)
    {
        if (end is { } moment)
            queue.SetWorkerCap(CapName, workers, clock.ToCapEnd(moment, afterwards));
        else
            queue.SetWorkerCap(CapName, workers);
    }
}

using QueueAdmission;
using QueueAdmission.Cluster;

namespace ClusterDemo;

/// <summary>Says how the node's queue and its lease stand.</summary>
internal sealed class NodeReporter([FromKeyedServices("checkout")] JobQueue queue, ICluster cluster)
{
    public NodeReport Read()
    {
        var demand = queue.ReadDemand();
        var leases = cluster.GetQueues().FirstOrDefault(shared => shared.Queue == queue.Name);
        return new NodeReport(
            leases?.Held ?? 0,
            demand.WorkersInUse + demand.WorkersWanted,
            demand.Running,
            demand.Waiting,
            Math.Round(demand.LongestWait.TotalSeconds, 1),
            [.. leases?.Nodes.Select(node => new LeaseView(node.Name, node.Held)) ?? []]);
    }
}

using System.Globalization;
using QueueAdmission;

namespace ClusterDemo;

/// <summary>Reports the state of the node's queue and of its lease.</summary>
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
            [.. leases?.Nodes.Select(node => new LeaseView(ProcessOf(node.Name), node.Held)) ?? []]);
    }

    // The name of a node is its host and its process: "host:123".
    private static int ProcessOf(string name) =>
        int.TryParse(name.AsSpan(name.LastIndexOf(':') + 1), CultureInfo.InvariantCulture, out var process)
            ? process
            : 0;
}

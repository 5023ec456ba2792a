using QueueAdmission;

namespace ClusterDemo;

/// <summary>Says how the node's queue and its lease stand.</summary>
internal sealed class NodeReporter([FromKeyedServices("checkout")] JobQueue queue)
{
    public NodeReport Read()
    {
        var snapshot = queue.GetSnapshot();
        return new NodeReport(
            snapshot.Workers,
            snapshot.WorkersInUse + snapshot.Waiting,
            snapshot.Running,
            snapshot.Waiting,
            Math.Round(snapshot.LongestWait.TotalSeconds, 1));
    }
}

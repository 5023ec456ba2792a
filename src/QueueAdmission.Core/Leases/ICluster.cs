namespace QueueAdmission;

/// <summary>Provides information about the cluster, as this node knows it. Inject it to inspect the cluster.</summary>
/// <remarks>
/// <c>AddCluster</c> of QueueAdmission.Cluster registers the service. The dashboard then shows the cluster. The members
/// return data from memory, and call neither the store nor another node.
/// </remarks>
public interface ICluster
{
    /// <summary>
    /// The current outage of the store. Null if the last call succeeded, or if no call has been made yet.
    /// </summary>
    ClusterOutage? Outage { get; }

    /// <summary>Returns the queues with <c>ClusterWorkers</c>, as this node last read them.</summary>
    /// <returns>A list that does not change later.</returns>
    IReadOnlyList<ClusterQueue> GetQueues();
}

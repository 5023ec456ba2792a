namespace QueueAdmission;

/// <summary>What this node knows of its cluster. Inject it to look at it.</summary>
/// <remarks>
/// <c>AddCluster</c> of QueueAdmission.Cluster registers it. The dashboard shows it where it is registered. It answers
/// from memory, and calls neither the store nor another node.
/// </remarks>
public interface ICluster
{
    /// <summary>What is wrong with the store; null if the last call succeeded, or there was none yet.</summary>
    ClusterOutage? Outage { get; }

    /// <summary>The queues with <c>ClusterWorkers</c>, as this node last saw them.</summary>
    /// <returns>A list that a later change does not touch.</returns>
    IReadOnlyList<ClusterQueue> GetQueues();
}

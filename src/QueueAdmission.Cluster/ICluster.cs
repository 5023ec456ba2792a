namespace QueueAdmission.Cluster;

/// <summary>What this node knows of its cluster. Inject it to look at it.</summary>
public interface ICluster
{
    /// <summary>What is wrong with the store; null if the last call succeeded, or there was none yet.</summary>
    ClusterOutage? Outage { get; }

    /// <summary>The queues with <see cref="ClusterSettings.ClusterWorkers"/>, as this node last saw them.</summary>
    /// <returns>A list that a later change does not touch.</returns>
    IReadOnlyList<ClusterQueue> GetQueues();
}

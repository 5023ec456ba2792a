namespace QueueAdmission;

/// <summary>One queue of a cluster, as this node last read it from the shared document.</summary>
/// <param name="Queue">The name of the queue.</param>
/// <param name="Cluster">The name of the cluster.</param>
/// <param name="Limit">The limit on the workers of all nodes together, in the settings of this node.</param>
/// <param name="LimitInForce">
/// The smallest limit in the settings of the live nodes. Null if the document has never been read.
/// </param>
/// <param name="LeaseDuration">The time for which a lease of this node is valid without a renewal.</param>
/// <param name="HasLease">Whether this node has a lease, possibly for 0 workers.</param>
/// <param name="Held">The number of workers that this node holds.</param>
/// <param name="TimeToEnd">
/// The time until the lease expires if it is not renewed, counted from the call of <see cref="ICluster.GetQueues"/>.
/// Zero without a lease.
/// </param>
/// <param name="IsLearning">
/// Whether the cluster is in its learning phase, after data of the store was lost or may be outdated. Nodes then only
/// claim the workers that they already hold.
/// </param>
/// <param name="SeenAt">
/// The time of the last reading of the document, on the clock of this node. Null if it has never been read. The value
/// does not change while the store is unreachable.
/// </param>
/// <param name="Nodes">The nodes in the document.</param>
public sealed record ClusterQueue(
    string Queue,
    string Cluster,
    int Limit,
    int? LimitInForce,
    TimeSpan LeaseDuration,
    bool HasLease,
    int Held,
    TimeSpan TimeToEnd,
    bool IsLearning,
    DateTimeOffset? SeenAt,
    IReadOnlyList<ClusterNode> Nodes);

namespace QueueAdmission;

/// <summary>One queue of a cluster, as this node last saw it in the shared document.</summary>
/// <param name="Queue">The name of the queue.</param>
/// <param name="Cluster">The name of the cluster.</param>
/// <param name="Limit">The limit in the settings of this node.</param>
/// <param name="LimitInForce">
/// The smallest limit in the settings of the live nodes; null if the document was never seen.
/// </param>
/// <param name="LeaseDuration">How long the leases of this node last without a renewal.</param>
/// <param name="HasLease">Whether this node has a lease, possibly on 0 workers.</param>
/// <param name="Held">The workers that this node holds.</param>
/// <param name="TimeToEnd">
/// The time from the call until the lease is over, if it is not renewed; zero without a lease.
/// </param>
/// <param name="IsLearning">Whether the nodes only claim what they hold, after data was lost or may be old.</param>
/// <param name="SeenAt">
/// When the document was last seen, on the clock of this node; null if never. It stands still while the store is away.
/// </param>
/// <param name="Nodes">All nodes in the document.</param>
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

namespace QueueAdmission.Doubles;

/// <summary>A cluster that reports what a test has set.</summary>
internal sealed class FixedCluster : ICluster
{
    public ClusterOutage? Outage { get; set; }

    public List<ClusterQueue> Queues { get; } = [];

    public IReadOnlyList<ClusterQueue> GetQueues() => [.. Queues];

    /// <summary>
    /// Returns a healthy queue of two nodes. This node holds 3 of 5 workers, and the node <c>b</c> holds 2.
    /// </summary>
    public static ClusterQueue Queue(DateTimeOffset seenAt, string name = "line") => new(
        name,
        "shop",
        Limit: 5,
        LimitInForce: 5,
        LeaseDuration: TimeSpan.FromSeconds(3),
        HasLease: true,
        Held: 3,
        TimeToEnd: TimeSpan.FromSeconds(2.5),
        IsLearning: false,
        SeenAt: seenAt,
        Nodes: [Node("b", held: 2), Node("c", held: 3, isThisNode: true)]);

    public static ClusterNode Node(
        string name,
        int held,
        bool isThisNode = false,
        int wanted = 0,
        double lastSeen = 0.5,
        int limit = 5,
        string version = "v1")
    {
        var (wait, seen) = (TimeSpan.FromSeconds(wanted), TimeSpan.FromSeconds(lastSeen));
        return new(name, $"{name}1", isThisNode, held, wanted, wait, seen, limit, version);
    }
}

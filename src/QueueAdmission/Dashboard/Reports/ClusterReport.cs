using System.ComponentModel;

namespace QueueAdmission;

/// <summary>
/// All nodes that share the workers of one queue, as this process last saw them in the shared document.
/// </summary>
internal sealed record ClusterReport
{
    [Description("The cluster's name.")]
    public required string Name { get; init; }

    [Description("ClusterWorkers in the settings of this process.")]
    public required int Limit { get; init; }

    [Description("The smallest limit in the settings of the nodes; null if this process has never seen the shared " +
        "document.")]
    public required int? LimitInForce { get; init; }

    [Description("How long a lease lasts without a renewal, in seconds.")]
    public required double LeaseDurationSeconds { get; init; }

    [Description("Whether this process has a lease, possibly on 0 workers. Without a lease, ClusterFallback applies.")]
    public required bool HasLease { get; init; }

    [Description("The workers that this process holds.")]
    public required int Held { get; init; }

    [Description("The time until the lease of this process ends if it is not renewed, in seconds; 0 without a " +
        "lease. Null in the live stream.")]
    public required double? TimeToEndSeconds { get; init; }

    [Description("The workers that all nodes in the document hold.")]
    public required int HeldByAll { get; init; }

    [Description("Whether data was lost or may be old: each node keeps what it holds, and none gets more.")]
    public required bool Learning { get; init; }

    [Description("When this process last saw the document, UTC; null if never. In the live stream also null if it " +
        "was seen within the last lease duration.")]
    public required DateTimeOffset? SeenAt { get; init; }

    [Description("What the nodes disagree on, and what prevents them from sharing: never_seen, no_lease, learning, " +
        "different_limits, different_settings, held_above_limit, held_below_limit (a node wants more), node_late " +
        "(see isLate). Empty if all is well.")]
    public required IReadOnlyList<string> Findings { get; init; }

    [Description("The nodes, this process first.")]
    public required IReadOnlyList<ClusterNodeReport> Nodes { get; init; }
}

/// <summary>One node of a cluster.</summary>
internal sealed record ClusterNodeReport
{
    [Description("The host and process.")]
    public required string Name { get; init; }

    [Description("Whether the node is the process that answers.")]
    public required bool IsThisInstance { get; init; }

    [Description("The workers that the node holds.")]
    public required int Held { get; init; }

    [Description("The workers that the node wanted at its last write.")]
    public required int Wanted { get; init; }

    [Description("How long the node's oldest waiting job had waited at the node's last write, in seconds; " +
        "0 if no job waited.")]
    public required double OldestWaitSeconds { get; init; }

    [Description("The time from the node's last write to seenAt, in seconds. " +
        "In the live stream null unless the node is late.")]
    public required double? LastSeenSeconds { get; init; }

    [Description("Whether lastSeenSeconds exceeds two thirds of the lease duration. When the lease has ended, " +
        "the other nodes use its workers.")]
    public required bool IsLate { get; init; }

    [Description("ClusterWorkers in the settings of the node.")]
    public required int Limit { get; init; }

    [Description("Equal for nodes with the same cluster settings of the queue; null if the node reports none.")]
    public required string? SettingsVersion { get; init; }
}

/// <summary>Describes why the store of the cluster cannot be used.</summary>
internal sealed record ClusterOutageReport
{
    [Description("unreachable, access_denied or unusable.")]
    public required string Problem { get; init; }

    [Description("The message of the store, without credentials.")]
    public required string Message { get; init; }

    [Description("When the first call failed, UTC.")]
    public required DateTimeOffset Since { get; init; }
}

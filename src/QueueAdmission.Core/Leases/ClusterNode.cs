namespace QueueAdmission;

/// <summary>One node of a cluster, according to the shared document of a queue.</summary>
/// <param name="Name">The name of the node: its host and process.</param>
/// <param name="Generation">An id that is different for each start of the process.</param>
/// <param name="IsThisNode">Whether this is the node that returned the object.</param>
/// <param name="Held">The number of workers that the node holds.</param>
/// <param name="Wanted">The number of workers that the node wanted at its last write.</param>
/// <param name="OldestWait">The time for which the oldest waiting job of the node had waited at its last write.</param>
/// <param name="LastSeen">
/// The time from the node's last write to <see cref="ClusterQueue.SeenAt"/>, on the store's clock.
/// </param>
/// <param name="Limit">The limit for the whole cluster in the settings of the node.</param>
/// <param name="SettingsVersion">
/// The version of the node's settings of the queue. It shows whether nodes have the same settings.
/// </param>
public sealed record ClusterNode(
    string Name,
    string Generation,
    bool IsThisNode,
    int Held,
    int Wanted,
    TimeSpan OldestWait,
    TimeSpan LastSeen,
    int Limit,
    string? SettingsVersion);

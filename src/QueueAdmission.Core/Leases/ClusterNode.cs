namespace QueueAdmission;

/// <summary>One node of a cluster, as the shared document of a queue tells.</summary>
/// <param name="Name">The host and process.</param>
/// <param name="Generation">Another one for each start of the process.</param>
/// <param name="IsThisNode">Whether it is the node that tells.</param>
/// <param name="Held">The workers that it holds.</param>
/// <param name="Wanted">The workers that it wanted at its last write.</param>
/// <param name="OldestWait">How long its oldest waiter had waited at its last write.</param>
/// <param name="LastSeen">
/// The time from its last write to <see cref="ClusterQueue.SeenAt"/>, on the store's clock.
/// </param>
/// <param name="Limit">The limit in its settings.</param>
/// <param name="SettingsVersion">Tells whether nodes have the same settings of the queue.</param>
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

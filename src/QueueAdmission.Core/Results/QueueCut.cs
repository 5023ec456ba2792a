namespace QueueAdmission;

/// <summary>The snapshot of a queue together with some of its jobs and keys, all at the same moment.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Waiting">The jobs that have waited longest, oldest first.</param>
/// <param name="Keys">The keys with the most jobs.</param>
/// <param name="KeysInAll">
/// The number of keys that have jobs. 0 if the queue does not distinguish keys, or if no keys were requested.
/// </param>
internal sealed record QueueCut(
    JobQueueSnapshot Snapshot, IReadOnlyList<WaitingView> Waiting, IReadOnlyList<KeyView> Keys, int KeysInAll);

namespace QueueAdmission;

/// <summary>A queue with some of its jobs and keys at one moment.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Waiting">The jobs that have waited longest, oldest first.</param>
/// <param name="Keys">The keys with the most jobs.</param>
/// <param name="KeysInAll">How many keys have jobs; 0 if the queue does not tell keys apart, or was not asked.</param>
internal sealed record QueueCut(
    JobQueueSnapshot Snapshot, IReadOnlyList<WaitingView> Waiting, IReadOnlyList<KeyView> Keys, int KeysInAll);

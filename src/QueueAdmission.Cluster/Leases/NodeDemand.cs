namespace QueueAdmission.Cluster;

/// <summary>What the jobs of a node need at one moment.</summary>
/// <param name="InUse">The workers that running jobs hold.</param>
/// <param name="Wanted">The workers that waiting jobs need.</param>
/// <param name="OldestWait">How long the oldest waiter has waited.</param>
/// <param name="Heaviest">The workers that the heaviest waiter needs; 0 if no job waits.</param>
internal readonly record struct NodeDemand(int InUse, long Wanted, TimeSpan OldestWait, int Heaviest);

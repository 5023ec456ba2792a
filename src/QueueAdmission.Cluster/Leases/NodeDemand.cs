namespace QueueAdmission.Cluster;

/// <summary>The workers that the jobs of a node need at one moment.</summary>
/// <param name="InUse">The number of workers that running jobs hold.</param>
/// <param name="Wanted">The number of workers that waiting jobs need.</param>
/// <param name="OldestWait">How long the oldest waiting job has waited.</param>
/// <param name="Heaviest">The number of workers that the heaviest waiting job needs, or 0 if no job waits.</param>
internal readonly record struct NodeDemand(int InUse, long Wanted, TimeSpan OldestWait, int Heaviest);

namespace QueueAdmission;

/// <summary>The right of a node to run jobs.</summary>
/// <param name="MayRun">Whether the node may run jobs now.</param>
/// <param name="Recovered">The number of jobs of lost nodes that this call has put back to wait.</param>
public readonly record struct JobOwnership(bool MayRun, int Recovered);

namespace QueueAdmission;

/// <summary>The right of a node to run jobs.</summary>
/// <param name="MayRun">Whether the node may run jobs now.</param>
/// <param name="Recovered">How many jobs of lost owners wait again since this call.</param>
public readonly record struct JobOwnership(bool MayRun, int Recovered);

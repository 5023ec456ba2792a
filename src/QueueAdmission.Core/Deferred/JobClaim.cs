namespace QueueAdmission;

/// <summary>How many jobs of a queue a node wants.</summary>
/// <param name="Queue">The name of the queue.</param>
/// <param name="Max">The largest number of jobs, from 1.</param>
public readonly record struct JobClaim(string Queue, int Max);

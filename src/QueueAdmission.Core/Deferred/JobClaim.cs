namespace QueueAdmission;

/// <summary>A node's request for jobs of one queue.</summary>
/// <param name="Queue">The name of the queue.</param>
/// <param name="Max">The maximum number of jobs to claim, at least 1.</param>
public readonly record struct JobClaim(string Queue, int Max);

namespace QueueAdmission;

/// <summary>A waiting job, for display in a list.</summary>
/// <param name="Tag">The tag of the job; null if it has none.</param>
/// <param name="ArrivedAt">The time of the job's arrival, on the queue's clock.</param>
/// <param name="Partition">The partition in which the job waits, from 0.</param>
/// <param name="Priority">The priority of the job.</param>
internal readonly record struct WaitingView(object? Tag, long ArrivedAt, int Partition, JobPriority Priority);

namespace QueueAdmission;

/// <summary>Where a job lies in a log in front of the store.</summary>
/// <param name="Source">A part of the log with an order of its own. For example the partition of a topic.</param>
/// <param name="Position">The place in that order, from 0.</param>
public readonly record struct JobPosition(string Source, long Position);

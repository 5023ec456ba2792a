namespace QueueAdmission;

/// <summary>The position of a job in a log in front of the store.</summary>
/// <param name="Source">The part of the log that has one order, for example a partition of a topic.</param>
/// <param name="Position">The position in this order, from 0.</param>
public readonly record struct JobPosition(string Source, long Position);

namespace QueueAdmission;

/// <summary>A job that waits, as a list shows it.</summary>
/// <param name="Tag">The mark that its caller gave; null if there is none.</param>
/// <param name="ArrivedAt">When it came, on the queue's clock.</param>
/// <param name="Partition">The partition it waits in, from 0.</param>
/// <param name="Priority">Its priority.</param>
internal readonly record struct WaitingView(object? Tag, long ArrivedAt, int Partition, JobPriority Priority);

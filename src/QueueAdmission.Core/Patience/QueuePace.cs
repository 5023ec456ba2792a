namespace QueueAdmission;

/// <summary>How fast a queue works at the moment. Times are ticks of the queue's clock.</summary>
/// <param name="Now">The queue's time.</param>
/// <param name="TicksPerSecond">The frequency of the clock.</param>
/// <param name="TicksPerJob">The mean time from one job's end to the next.</param>
/// <param name="ServiceTicks">The mean time for which a job holds its worker.</param>
internal readonly record struct QueuePace(long Now, long TicksPerSecond, double TicksPerJob, double ServiceTicks);

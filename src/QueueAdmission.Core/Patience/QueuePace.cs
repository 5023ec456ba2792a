namespace QueueAdmission;

/// <summary>The current pace of a queue. Times are in ticks of the queue's clock.</summary>
/// <param name="Now">The current time of the queue.</param>
/// <param name="TicksPerSecond">The frequency of the queue's clock.</param>
/// <param name="TicksPerJob">The mean time between the ends of two successive jobs.</param>
/// <param name="ServiceTicks">The mean time for which a job holds its worker.</param>
internal readonly record struct QueuePace(long Now, long TicksPerSecond, double TicksPerJob, double ServiceTicks);

namespace QueueAdmission;

/// <summary>The demand of a queue for workers at one moment. See <see cref="JobQueue.ReadDemand"/>.</summary>
/// <param name="Running">The number of running jobs.</param>
/// <param name="WorkersInUse">The number of workers that running jobs hold. A job may hold several.</param>
/// <param name="Waiting">The number of waiting jobs, without background jobs.</param>
/// <param name="WorkersWanted">
/// The number of workers that the waiting jobs need, including background jobs; 0 while the queue is paused.
/// </param>
/// <param name="LongestWait">
/// The time for which the oldest waiting job has waited, without background jobs; zero if none waits.
/// </param>
/// <param name="HeaviestWaiter">
/// The number of workers that the heaviest waiting job needs, or the first background job if it needs more; 0 if no job
/// waits or the queue is paused.
/// </param>
public readonly record struct QueueDemand(
    int Running, int WorkersInUse, int Waiting, long WorkersWanted, TimeSpan LongestWait, int HeaviestWaiter);

namespace QueueAdmission;

/// <summary>What the jobs of a queue need at one moment. See <see cref="JobQueue.ReadDemand"/>.</summary>
/// <param name="Running">The jobs that run.</param>
/// <param name="WorkersInUse">The workers that running jobs hold. A job may hold several.</param>
/// <param name="Waiting">The live jobs that wait.</param>
/// <param name="WorkersWanted">
/// The workers that the waiting jobs need, background jobs included; 0 while the queue is paused.
/// </param>
/// <param name="LongestWait">How long the oldest live waiter has waited; zero if none waits.</param>
/// <param name="HeaviestWaiter">
/// The workers that the heaviest waiter needs, or the first background job if it needs more; 0 if no job waits or the
/// queue is paused.
/// </param>
public readonly record struct QueueDemand(
    int Running, int WorkersInUse, int Waiting, long WorkersWanted, TimeSpan LongestWait, int HeaviestWaiter);

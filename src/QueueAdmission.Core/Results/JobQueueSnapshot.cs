namespace QueueAdmission;

/// <summary>The state and the counts of a queue at one moment.</summary>
/// <remarks>
/// <see cref="Running"/>, <see cref="Waiting"/> and the partitions are one consistent cut, taken under the queue's
/// lock, and the totals add up: <c>Arrived = Running + Waiting + Ran + Rejected + Abandoned</c>.
/// </remarks>
public sealed class JobQueueSnapshot
{
    /// <summary>The queue's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The settings in force; a copy. Their number of workers is nominal: <see cref="Workers"/> is in force.
    /// </summary>
    public required JobQueueOptions Settings { get; init; }

    /// <summary>Whether the queue works, is paused, drains, or was disposed.</summary>
    public required JobQueueState State { get; init; }

    /// <summary>The number of workers in force: the least of <see cref="WorkerCaps"/>, from 0.</summary>
    public int Workers { get; init; }

    /// <summary>
    /// The numbers that bound the workers. <c>settings</c> is <see cref="JobQueueOptions.Workers"/>, or with
    /// <see cref="JobQueueOptions.AdaptiveWorkers"/> the <see cref="JobQueueOptions.MaxWorkers"/>, and <c>adaptive</c>
    /// is the number that the queue has found. While an operator's override lasts, <c>override</c> stands in the place
    /// of both. The others are those of <see cref="WorkerCapExtensions.SetWorkerCap(JobQueue, string, int)"/>.
    /// </summary>
    public IReadOnlyList<WorkerCap> WorkerCaps { get; init; } = [];

    /// <summary>
    /// Jobs that run, whatever they weigh. After <see cref="Workers"/> fell it may stand above the new limit, and only
    /// falls.
    /// </summary>
    public required int Running { get; init; }

    /// <summary>
    /// Workers that the running jobs hold: as many as <see cref="Running"/>, and more where a job's
    /// <see cref="JobTraits.Weight"/> is above 1. <see cref="Workers"/> bounds this number. After the
    /// limit was lowered, the number may be above it, and falls as jobs end.
    /// </summary>
    public required int WorkersInUse { get; init; }

    /// <summary>
    /// Of the jobs that run, those that came by
    /// <see cref="BackgroundExtensions.EnterBackgroundAsync(JobQueue, in JobTraits, double, CancellationToken)"/>.
    /// </summary>
    public int BackgroundRunning { get; init; }

    /// <summary>
    /// Background jobs that wait for a worker. They are in no partition, and count as arrived when they start.
    /// </summary>
    public int BackgroundWaiting { get; init; }

    /// <summary>Jobs that wait, over all partitions. Background jobs do not count.</summary>
    public required int Waiting { get; init; }

    /// <summary>Jobs that wait, by partition.</summary>
    public required IReadOnlyList<int> WaitingByPartition { get; init; }

    /// <summary>How long the oldest waiter has waited; zero when no job waits.</summary>
    public required TimeSpan LongestWait { get; init; }

    /// <summary>
    /// How long a plain job that came now would wait: until the waiters before it are served, at the rate at which the
    /// queue has finished jobs while it was busy. Zero if a worker is free; null while nothing has been measured, or
    /// the queue is paused.
    /// </summary>
    public TimeSpan? ExpectedWait { get; init; }

    /// <summary>
    /// What the queue has learned about how long its clients wait; null where
    /// <see cref="JobQueueOptions.AdaptiveMaxWait"/> is without effect.
    /// </summary>
    public ClientPatience? Patience { get; init; }

    /// <summary>
    /// Jobs that had a worker and ended, whether they succeeded or threw, or gave their worker back early; since the
    /// queue was made.
    /// </summary>
    public required long Ran { get; init; }

    /// <summary>Jobs that were refused, by reason; reasons that did not occur are absent.</summary>
    public required IReadOnlyDictionary<RejectionReason, long> RejectedByReason { get; init; }

    /// <summary>Jobs that ended while they waited, because the caller cancelled or the client disconnected.</summary>
    public required long Abandoned { get; init; }

    /// <summary>Jobs that were refused, for whatever reason.</summary>
    public required long Rejected { get; init; }

    /// <summary>
    /// Of the jobs let through by <see cref="JobQueueOptions.DryRun"/>, those that the queue would have made wait;
    /// since it was made.
    /// </summary>
    public required long WouldHaveWaited { get; init; }

    /// <summary>
    /// Of the jobs let through by <see cref="JobQueueOptions.DryRun"/>, those that the queue would have refused, by
    /// reason; reasons that did not occur are absent.
    /// </summary>
    public required IReadOnlyDictionary<RejectionReason, long> WouldHaveRejectedByReason { get; init; }

    /// <summary>Jobs that came, whatever became of them.</summary>
    public long Arrived => Running + Waiting + Ran + Rejected + Abandoned;
}

/// <summary>Whether a queue runs, is paused, or drains.</summary>
public enum JobQueueState
{
    /// <summary>Jobs are admitted as workers are free.</summary>
    Running = 0,

    /// <summary>Newcomers wait and no waiter starts: <see cref="JobQueue.Pause"/>.</summary>
    Paused = 1,

    /// <summary>
    /// Newcomers are refused and the rest finishes: <see cref="JobQueue.DrainAsync(CancellationToken)"/>, or the
    /// application stops.
    /// </summary>
    Draining = 2,

    /// <summary>The queue was disposed; newcomers are refused and running jobs finish.</summary>
    Disposed = 3,
}

namespace QueueAdmission;

/// <summary>The state and the counts of a queue at one moment.</summary>
/// <remarks>
/// All values are taken at the same moment, under the queue's lock. The totals are therefore consistent: <c>Arrived =
/// Running + Waiting + Ran + Rejected + Abandoned</c>.
/// </remarks>
public sealed class JobQueueSnapshot
{
    /// <summary>The queue's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// A copy of the settings in force. Their number of workers is only nominal; the number in force is
    /// <see cref="Workers"/>.
    /// </summary>
    public required JobQueueOptions Settings { get; init; }

    /// <summary>Whether the queue is running, paused, draining or disposed.</summary>
    public required JobQueueState State { get; init; }

    /// <summary>The number of workers in force: the smallest of <see cref="WorkerCaps"/>, from 0.</summary>
    public int Workers { get; init; }

    /// <summary>
    /// The caps on the number of workers. <c>settings</c> is <see cref="JobQueueOptions.Workers"/>. With
    /// <see cref="JobQueueOptions.AdaptiveWorkers"/>, <c>settings</c> is <see cref="JobQueueOptions.MaxWorkers"/>
    /// instead, and <c>adaptive</c> is the number that the queue has found. While an operator's override lasts,
    /// <c>override</c> replaces both. All other caps were set with
    /// <see cref="WorkerCapExtensions.SetWorkerCap(JobQueue, string, int)"/>.
    /// </summary>
    public IReadOnlyList<WorkerCap> WorkerCaps { get; init; } = [];

    /// <summary>
    /// The number of running jobs, whatever their weight. After <see cref="Workers"/> has been lowered, this number may
    /// be above it until enough jobs have ended.
    /// </summary>
    public required int Running { get; init; }

    /// <summary>
    /// The number of workers that running jobs hold. It equals <see cref="Running"/>, or is higher if the
    /// <see cref="JobTraits.Weight"/> of a job is above 1. <see cref="Workers"/> limits this number. After
    /// <see cref="Workers"/> has been lowered, this number may be above it until enough jobs have ended.
    /// </summary>
    public required int WorkersInUse { get; init; }

    /// <summary>
    /// The number of running jobs that were entered with
    /// <see cref="BackgroundExtensions.EnterBackgroundAsync(JobQueue, in JobTraits, double, CancellationToken)"/>.
    /// </summary>
    public int BackgroundRunning { get; init; }

    /// <summary>
    /// The number of background jobs that wait for a worker. They are in no partition, and count as arrived only when
    /// they start.
    /// </summary>
    public int BackgroundWaiting { get; init; }

    /// <summary>The number of waiting jobs in all partitions, without background jobs.</summary>
    public required int Waiting { get; init; }

    /// <summary>The number of waiting jobs in each partition.</summary>
    public required IReadOnlyList<int> WaitingByPartition { get; init; }

    /// <summary>The time for which the oldest waiting job has waited; zero if no job waits.</summary>
    public required TimeSpan LongestWait { get; init; }

    /// <summary>
    /// The estimated wait of a job without traits that arrives now. It is calculated from the number of jobs before it,
    /// and from the rate at which the busy queue completes jobs. Zero if a worker is free and no job waits. Null if the
    /// rate has not been measured yet, or if the queue is paused.
    /// </summary>
    public TimeSpan? ExpectedWait { get; init; }

    /// <summary>
    /// What the queue has learned about how long its clients wait. Null if
    /// <see cref="JobQueueOptions.AdaptiveMaxWait"/> has no effect.
    /// </summary>
    public ClientPatience? Patience { get; init; }

    /// <summary>
    /// The number of jobs that have released their workers since the queue was created, whether they succeeded, threw,
    /// or released their workers early.
    /// </summary>
    public required long Ran { get; init; }

    /// <summary>The number of refused jobs by reason. Reasons that have not occurred are absent.</summary>
    public required IReadOnlyDictionary<RejectionReason, long> RejectedByReason { get; init; }

    /// <summary>
    /// The number of jobs that left while they waited, because the caller cancelled or the client disconnected.
    /// </summary>
    public required long Abandoned { get; init; }

    /// <summary>The number of refused jobs, for any reason.</summary>
    public required long Rejected { get; init; }

    /// <summary>
    /// The number of jobs that <see cref="JobQueueOptions.DryRun"/> has let through, and that would have had to wait
    /// otherwise.
    /// </summary>
    public required long WouldHaveWaited { get; init; }

    /// <summary>
    /// The number of jobs that <see cref="JobQueueOptions.DryRun"/> has let through, and that would have been refused
    /// otherwise, by reason. Reasons that have not occurred are absent.
    /// </summary>
    public required IReadOnlyDictionary<RejectionReason, long> WouldHaveRejectedByReason { get; init; }

    /// <summary>The number of jobs that have arrived, whatever their outcome.</summary>
    public long Arrived => Running + Waiting + Ran + Rejected + Abandoned;
}

/// <summary>The state of a queue.</summary>
public enum JobQueueState
{
    /// <summary>Jobs start as soon as workers are free.</summary>
    Running = 0,

    /// <summary>Newcomers wait, and no waiting job starts: see <see cref="JobQueue.Pause"/>.</summary>
    Paused = 1,

    /// <summary>
    /// Newcomers are refused, and the other jobs finish: see <see cref="JobQueue.DrainAsync(CancellationToken)"/>. Also
    /// while the application is stopping.
    /// </summary>
    Draining = 2,

    /// <summary>The queue has been disposed. Newcomers are refused, and running jobs finish.</summary>
    Disposed = 3,
}

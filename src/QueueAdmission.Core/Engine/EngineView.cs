namespace QueueAdmission;

/// <summary>
/// The parts of the engine, for a reader that holds the queue's lock. A reader must not change anything.
/// </summary>
/// <param name="Conditions">The settings in force and the state.</param>
/// <param name="Workers">The workers.</param>
/// <param name="Limit">The caps.</param>
/// <param name="Room">The waiters.</param>
/// <param name="Background">The background jobs.</param>
/// <param name="Rejections">The refusals.</param>
/// <param name="Departures">The jobs that their callers abandoned.</param>
/// <param name="Patience">What has been learned about the patience of clients.</param>
/// <param name="DryRun">The counts of the dry run.</param>
/// <param name="Clock">The clock.</param>
internal readonly record struct EngineView(
    QueueConditions Conditions,
    WorkerCounts Workers,
    WorkerLimit Limit,
    WaitingRoom Room,
    BackgroundLine Background,
    RejectionBook Rejections,
    Departures Departures,
    AdaptiveMaxWait Patience,
    DryRunGate DryRun,
    QueueClock Clock)
{
    public JobQueueOptions Settings => Conditions.Settings;

    public EngineState State => Conditions.State;

    /// <summary>
    /// Returns the expected wait of a job that arrives now, in ticks. It is calculated from the number of waiters
    /// before the job and the measured drain rate. Null while nothing has been measured, and while the queue is paused.
    /// </summary>
    /// <param name="job">The record of the job; null if the job has none.</param>
    public long? ExpectedWait(JobRecord? job) => WaitEstimate.For(job, Room, Clock, State);
}

/// <summary>Reads a queue under its lock.</summary>
/// <typeparam name="TArgument">The type of the reader's argument.</typeparam>
/// <typeparam name="TResult">The type of the reader's result.</typeparam>
internal delegate TResult EngineReader<TArgument, TResult>(in EngineView view, TArgument argument);

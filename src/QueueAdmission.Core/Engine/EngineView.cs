namespace QueueAdmission;

/// <summary>The state of the engine for a reader that has the queue's lock. A reader must change nothing.</summary>
/// <param name="Conditions">The settings in force and the state.</param>
/// <param name="Workers">The workers.</param>
/// <param name="Limit">The caps.</param>
/// <param name="Room">The waiters.</param>
/// <param name="Background">The background jobs.</param>
/// <param name="Rejections">The refusals.</param>
/// <param name="Departures">The jobs that their callers abandoned.</param>
/// <param name="Patience">What was learned of the clients.</param>
/// <param name="DryRun">The books of the dry run.</param>
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
    /// How long a job that arrives now would wait, in ticks. It is calculated from the waiters before it and the
    /// measured drain rate. Null while nothing has been measured, and while the queue is paused.
    /// </summary>
    /// <param name="job">The newcomer; null if it brings nothing.</param>
    public long? ExpectedWait(JobRecord? job) => WaitEstimate.For(job, Room, Clock, State);
}

/// <summary>Reads a queue under its lock.</summary>
/// <typeparam name="TArgument">What the reader needs.</typeparam>
/// <typeparam name="TResult">What it returns.</typeparam>
internal delegate TResult EngineReader<TArgument, TResult>(in EngineView view, TArgument argument);

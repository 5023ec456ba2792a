namespace QueueAdmission;

/// <summary>
/// The state of a queue, as a combination of flags. For example, a draining queue can be paused, and a stopping queue
/// can be drained.
/// </summary>
/// <remarks>
/// <see cref="EngineStates"/> contains all transitions. The flags <see cref="Stopping"/> and <see cref="Disposed"/> are
/// never cleared.
/// </remarks>
[Flags]
internal enum EngineState : byte
{
    Running = 0,

    /// <summary>Newcomers wait, and no waiter starts.</summary>
    Paused = 1,

    /// <summary>Newcomers are refused. The other jobs finish.</summary>
    Draining = 2,

    /// <summary>
    /// The application stops. Requests, and other callers that would have to wait, are refused. Pushed jobs still run.
    /// </summary>
    Stopping = 4,

    /// <summary>Newcomers are refused, and no job waits.</summary>
    Disposed = 8,
}

/// <summary>The transitions between the states of a queue, and the operations that each state allows.</summary>
internal static class EngineStates
{
    public static bool IsPaused(this EngineState state) => (state & EngineState.Paused) != 0;

    public static bool IsStopping(this EngineState state) => (state & EngineState.Stopping) != 0;

    public static bool IsDisposed(this EngineState state) => (state & EngineState.Disposed) != 0;

    public static bool AcceptsNewcomers(this EngineState state) =>
        (state & (EngineState.Draining | EngineState.Disposed)) == 0;

    /// <summary>
    /// Whether background jobs may wait and start. When the application stops, waiting background jobs are refused.
    /// </summary>
    public static bool AcceptsBackground(this EngineState state) => state.AcceptsNewcomers() && !state.IsStopping();

    /// <summary>
    /// Whether an operator may pause and resume the queue. False while the queue is draining or stopping: a pause would
    /// hold up its last jobs, and resuming would end the drain.
    /// </summary>
    public static bool CanBePaused(this EngineState state) => (state & ~EngineState.Paused) == 0;

    /// <summary>
    /// Adds a pause. If the queue is draining, the drain stays in the state, but no waiting job starts.
    /// </summary>
    public static EngineState Paused(this EngineState state) => state | EngineState.Paused;

    /// <summary>Ends a pause and a drain.</summary>
    public static EngineState Resumed(this EngineState state) => state & ~(EngineState.Paused | EngineState.Draining);

    /// <summary>Ends a pause, so that the waiters finish.</summary>
    public static EngineState Drained(this EngineState state) => (state & ~EngineState.Paused) | EngineState.Draining;

    /// <summary>Ends a pause, as a drain does, so that pushed jobs have their turn.</summary>
    public static EngineState Stopped(this EngineState state) => (state & ~EngineState.Paused) | EngineState.Stopping;

    public static EngineState Closed(this EngineState state) => state | EngineState.Disposed;

    public static JobQueueState ToPublic(this EngineState state) =>
        state.IsDisposed() ? JobQueueState.Disposed
        : (state & (EngineState.Draining | EngineState.Stopping)) != 0 ? JobQueueState.Draining
        : state.IsPaused() ? JobQueueState.Paused
        : JobQueueState.Running;
}

namespace QueueAdmission;

/// <summary>
/// Is notified when a worker is free, but does not take the worker. An observer is not a job: it is in no line and is
/// not counted.
/// </summary>
/// <remarks>All members are called under the queue's lock, so an implementation must not run foreign code.</remarks>
internal interface IFreeWorkerObserver
{
    /// <summary>
    /// Whether the observer waits for a free worker. While it does, every job that ends takes the lock.
    /// </summary>
    bool IsWaiting { get; }

    /// <summary>
    /// Called before free workers are handed on. Called again afterwards, because older waiters may have left the lines
    /// meanwhile.
    /// </summary>
    void OnSettle(in FreeWorkerNews news);
}

/// <summary>The state of a queue, as its observer receives it.</summary>
/// <param name="State">The state of the queue.</param>
/// <param name="IsFree">Whether a worker is free, and the queue is not paused.</param>
/// <param name="OldestArrival">
/// The time at which the oldest waiter arrived, on the queue's clock. <see cref="long.MaxValue"/> if no job waits.
/// </param>
internal readonly record struct FreeWorkerNews(EngineState State, bool IsFree, long OldestArrival);

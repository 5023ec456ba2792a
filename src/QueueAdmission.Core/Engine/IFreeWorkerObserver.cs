namespace QueueAdmission;

/// <summary>
/// Is told when a worker is free, and takes none. It is not a job, so it is in no line and in no count.
/// </summary>
/// <remarks>Every member is called under the queue's lock. No other code may run there.</remarks>
internal interface IFreeWorkerObserver
{
    /// <summary>
    /// Whether any caller waits for a free worker. While one does, every job that ends takes the lock.
    /// </summary>
    bool IsWaiting { get; }

    /// <summary>
    /// Called before free workers are handed on, and again afterwards, because older waiters may have gone meanwhile.
    /// </summary>
    void OnSettle(in FreeWorkerNews news);
}

/// <summary>What an observer learns of a queue.</summary>
/// <param name="State">The state of the queue.</param>
/// <param name="IsFree">Whether a worker is free that a job could start on.</param>
/// <param name="OldestArrival">
/// The arrival of the oldest waiter, on the queue's clock; <see cref="long.MaxValue"/> if no job waits.
/// </param>
internal readonly record struct FreeWorkerNews(EngineState State, bool IsFree, long OldestArrival);

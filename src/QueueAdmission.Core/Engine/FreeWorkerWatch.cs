namespace QueueAdmission;

/// <summary>
/// Tracks who waits for a free worker without a place in the lines: the observer of the queue, and background jobs.
/// Guarded by the queue's lock.
/// </summary>
internal sealed class FreeWorkerWatch(QueueConditions conditions, WaitingRoom room, BackgroundLine background)
{
    /// <summary>The observer of the queue. Null if none has been registered.</summary>
    public IFreeWorkerObserver? Observer { get; set; }

    /// <summary>
    /// Whether every job that ends has to take the lock, because the observer or a background job waits for a worker.
    /// </summary>
    public bool NeedsEveryWorker => IsObserved || background.IsWaiting;

    /// <summary>
    /// Whether the observer waits for a free worker. If so, the observer arrived before the next newcomer.
    /// </summary>
    public bool IsObserved => Observer is { IsWaiting: true };

    public void Tell(in WorkerSlots slots)
    {
        if (Observer is { IsWaiting: true } observer)
            observer.OnSettle(new FreeWorkerNews(
                conditions.State, !conditions.IsPaused && slots.Free > 0, room.Oldest?.Time ?? long.MaxValue));
    }
}

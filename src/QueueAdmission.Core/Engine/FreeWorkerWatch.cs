namespace QueueAdmission;

/// <summary>
/// What waits for a free worker without a place in a line: the observer of a queue, which only wants to know of it, and
/// background jobs. Guarded by the queue's lock.
/// </summary>
internal sealed class FreeWorkerWatch(QueueConditions conditions, WaitingRoom room, BackgroundLine background)
{
    /// <summary>The observer; null if there was none yet.</summary>
    public IFreeWorkerObserver? Observer { get; set; }

    /// <summary>
    /// Whether every job that ends has to take the lock, because each worker that it gives back is waited for.
    /// </summary>
    public bool NeedsEveryWorker => IsObserved || background.IsWaiting;

    /// <summary>Whether the observer waits for a free worker. It came before the next newcomer.</summary>
    public bool IsObserved => Observer is { IsWaiting: true };

    public void Tell(in WorkerSlots slots)
    {
        if (Observer is { IsWaiting: true } observer)
            observer.OnSettle(new FreeWorkerNews(conditions.State, !conditions.IsPaused && slots.Free > 0, room.Oldest?.Time ?? long.MaxValue));
    }
}

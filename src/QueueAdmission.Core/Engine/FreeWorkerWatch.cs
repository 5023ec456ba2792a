namespace QueueAdmission;

/// <summary>Tells the observer of a queue, if there is one, when a worker is free. Guarded by the queue's lock.</summary>
internal sealed class FreeWorkerWatch(QueueConditions conditions, WaitingRoom room)
{
    /// <summary>The observer; null if there was none yet.</summary>
    public IFreeWorkerObserver? Observer { get; set; }

    /// <summary>Whether a caller waits for a free worker.</summary>
    public bool IsAwaited => Observer is { IsWaiting: true };

    public void Tell(in WorkerSlots slots)
    {
        if (Observer is { IsWaiting: true } observer)
            observer.OnSettle(new FreeWorkerNews(conditions.State, !conditions.IsPaused && slots.Free > 0, room.Oldest?.Time ?? long.MaxValue));
    }
}

namespace QueueAdmission;

/// <summary>Gives workers to jobs. Guarded by the queue's lock, with the mark set.</summary>
internal sealed class Grants(
    WaitingRoom room, BackgroundLine background, Departures departures, AdaptiveMaxWait patience, QueueClock clock)
{
    /// <summary>
    /// Hands free workers to waiters, until one of the two has run out. First comes the share of background jobs that
    /// is due, then live jobs, then background jobs on what is left.
    /// </summary>
    public void HandOn(ref WorkerSlots slots, ref WakeList wake)
    {
        while (background.TryStartDue(ref slots, ref wake) || TryStartNext(ref slots, ref wake))
        {
        }
        background.StartOnFree(ref slots, ref wake);
    }

    /// <summary>A waiter that is in no line any more gets its workers.</summary>
    public void Start(ref WorkerSlots slots, Waiter waiter, int workers, ref WakeList wake)
    {
        Take(ref slots, waiter.Job, workers, clock.Now);
        waiter.Status = AdmissionStatus.Admitted;
        clock.OnProgressLocked();
        patience.OnStarted(waiter);
        departures.Leave(waiter, ref wake);
    }

    /// <summary>A job gets its workers.</summary>
    /// <param name="slots">The workers.</param>
    /// <param name="job">The job; null if it brings nothing.</param>
    /// <param name="workers">How many it gets.</param>
    /// <param name="now">The time of its start. It matters only where the discipline keeps records.</param>
    public void Take(ref WorkerSlots slots, JobRecord? job, int workers, long now)
    {
        slots.TakeLocked(workers);
        if (job is not null && (workers > 1 || room.Lines.KeepsRecords))
            OnStarted(job, workers, now);
    }

    /// <summary>Called when a job has its workers and its end has to be recognised.</summary>
    public void OnStarted(JobRecord job, int workers, long now)
    {
        job.Workers = workers;
        room.Lines.OnStarted(job, now);
    }

    /// <summary>A job that had <see cref="OnStarted"/> gives its workers back.</summary>
    public void Finish(ref WorkerSlots slots, JobRecord job)
    {
        if (job.IsBackground)
        {
            slots.GiveBackInBackgroundLocked(job.Workers);
            background.OnFinished(job);
            return;
        }
        slots.GiveBackLocked(job.Workers);
        if (room.Lines.KeepsRecords)
            room.Lines.OnFinished(job, clock.GetTimestamp());
        job.Workers = 0;
    }

    private bool TryStartNext(ref WorkerSlots slots, ref WakeList wake)
    {
        if (room.Count == 0 || background.FreeForLive(slots) is not (> 0 and var free)
            || room.Lines.Next(free, out var workers) is not { } waiter)
            return false;
        Start(ref slots, waiter, workers, ref wake);
        return true;
    }
}

namespace QueueAdmission;

/// <summary>Hands workers to jobs, and takes them back. Guarded by the queue's lock, with the mark set.</summary>
internal sealed class Grants(
    WaitingRoom room, BackgroundLine background, Departures departures, AdaptiveMaxWait patience, QueueClock clock)
{
    /// <summary>
    /// Hands free workers to waiters, until no worker is free or no waiter can start. Background jobs whose share is
    /// due come first, then live jobs, then other background jobs.
    /// </summary>
    public void HandOn(ref WorkerSlots slots, ref WakeList wake)
    {
        while (background.TryStartDue(ref slots, ref wake) || TryStartNext(ref slots, ref wake))
        {
        }
        background.StartOnFree(ref slots, ref wake);
    }

    /// <summary>Starts a waiter that has already left its line.</summary>
    public void Start(ref WorkerSlots slots, Waiter waiter, int workers, ref WakeList wake)
    {
        Take(ref slots, waiter.Job, workers, clock.Now);
        waiter.Status = AdmissionStatus.Admitted;
        clock.OnProgressLocked();
        patience.OnStarted(waiter);
        departures.Leave(waiter, ref wake);
    }

    /// <summary>Takes workers for a job that starts.</summary>
    /// <param name="slots">The workers.</param>
    /// <param name="job">The record of the job; null if the job has none.</param>
    /// <param name="workers">The number of workers that the job gets.</param>
    /// <param name="now">The time of the start. Used only if the discipline keeps records.</param>
    public void Take(ref WorkerSlots slots, JobRecord? job, int workers, long now)
    {
        slots.TakeLocked(workers);
        if (job is not null && (workers > 1 || room.Lines.KeepsRecords))
            OnStarted(job, workers, now);
    }

    /// <summary>Records the start of a job whose end needs further accounting.</summary>
    public void OnStarted(JobRecord job, int workers, long now)
    {
        job.Workers = workers;
        room.Lines.OnStarted(job, now);
    }

    /// <summary>
    /// Releases the workers of a background job, or of a job for which <see cref="OnStarted"/> was called.
    /// </summary>
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

namespace QueueAdmission;

/// <summary>Gives workers to jobs. Guarded by the queue's lock, with the mark set.</summary>
internal sealed class Grants(WaitingRoom room, Departures departures, AdaptiveMaxWait patience, QueueClock clock)
{
    /// <summary>Hands free workers to waiters, until one of the two has run out.</summary>
    public void HandOn(ref WorkerSlots slots, ref WakeList wake)
    {
        while (room.Count > 0 && slots.Free is > 0 and var free && room.Lines.Next(free, out var workers) is { } waiter)
            Start(ref slots, waiter, workers, ref wake);
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

    /// <summary>A job has its workers, and has to be told from others when it ends.</summary>
    public void OnStarted(JobRecord job, int workers, long now)
    {
        job.Workers = workers;
        room.Lines.OnStarted(job, now);
    }

    /// <summary>A job that had <see cref="OnStarted"/> gives its workers back.</summary>
    public void Finish(ref WorkerSlots slots, JobRecord job)
    {
        slots.GiveBackLocked(job.Workers);
        if (room.Lines.KeepsRecords)
            room.Lines.OnFinished(job, clock.GetTimestamp());
        job.Workers = 0;
    }
}

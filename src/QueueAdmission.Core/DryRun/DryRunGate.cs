namespace QueueAdmission;

/// <summary>
/// The gate of a queue in dry run. It lets every job through, and counts what the queue would have done. Guarded by the
/// queue's lock.
/// </summary>
/// <remarks>
/// The queue is on hold all the time, so that every job that comes or ends passes the lock, where the notes are taken.
/// A job that is let through takes its workers like any other, whether they are free or not. When the dry run ends,
/// more jobs than workers are what a lowered limit leaves.
/// </remarks>
internal sealed class DryRunGate(
    QueueConditions conditions, WaitingRoom room, Grants grants, Arrivals arrivals, AdaptiveMaxWait patience,
    QueueClock clock)
{
    private readonly ReasonCounts _rejected = new();
    private ShadowQueue? _shadow;

    /// <summary>Whether the dry run is on.</summary>
    public bool IsOpen => _shadow is not null;

    /// <summary>The jobs that would have waited, since the queue was made.</summary>
    public long Waited { get; private set; }

    /// <summary>The jobs that would have been refused, since the queue was made.</summary>
    public IReadOnlyDictionary<RejectionReason, long> RejectedByReason => _rejected.ToDictionary();

    /// <summary>Begins or ends the dry run as the settings in force say.</summary>
    public void Configure(ref WorkerSlots slots, ref WakeList wake)
    {
        if (!conditions.Settings.DryRun)
            _shadow = null;
        else if (_shadow is null)
            Open(ref slots, ref wake);
    }

    /// <summary>Called when jobs came or ended.</summary>
    public void Observe(ref WorkerSlots slots)
    {
        clock.UpdateNowWithoutSampleLocked();
        var workers = slots.ReadLocked();
        _shadow!.Observe(clock.Now, workers.InUse, workers.Ran, workers.Limit);
    }

    /// <summary>Lets a job through, and counts the outcome that it would have had.</summary>
    public Admission LetThrough(ref WorkerSlots slots, object? jobState, bool mayWait)
    {
        if (room.Lines.KeepsRecords && jobState is not JobRecord)
            jobState = new JobRecord(new JobTraits { Tag = jobState });
        var job = jobState as JobRecord;
        var workers = WorkersFor(job, slots.Limit);
        // The word has no room for more. A service that gets here needs no dry run to know that it needs a queue.
        if (!slots.HasRoomLocked(workers))
            return arrivals.Refuse(ref slots, RejectionReason.QueueFull);
        Observe(ref slots);
        var verdict = Judge(job, !conditions.IsPaused && slots.Free >= workers, slots, mayWait);
        Count(verdict);
        grants.Take(ref slots, job, workers, clock.Now);
        Observe(ref slots);
        return Admission.LetThrough(verdict, job is { Workers: > 0 } ? job : null);
    }

    /// <summary>Begins the dry run, and lets all waiters through.</summary>
    private void Open(ref WorkerSlots slots, ref WakeList wake)
    {
        slots.MarkLocked();
        clock.UpdateNowLocked(slots.RanLive, conditions.IsPaused);
        // A waiter that does not fit into the word goes on waiting for a free worker.
        while (room.Oldest is { } waiter && WorkersFor(waiter.Job, slots.Limit) is var workers
            && slots.HasRoomLocked(workers))
        {
            room.Lines.Remove(waiter);
            grants.Start(ref slots, waiter, workers, ref wake);
        }
        _shadow = new ShadowQueue(clock.Now, slots.Ran);
    }

    private DryRunVerdict Judge(JobRecord? job, bool hasWorkers, in WorkerSlots slots, bool mayWait)
    {
        if (!conditions.State.AcceptsNewcomers())
            return new(Waits: false, RejectionReason.Draining);
        if (job?.Deadline <= TimeSpan.Zero)
            return new(Waits: false, RejectionReason.DeadlineTooClose);
        var settings = conditions.Settings;
        var places = mayWait ? settings.Places : 0;
        var (longest, impatience) = job?.Deadline is { } left && clock.ToTimestampTicks(left) is var leftTicks
            && leftTicks < conditions.MaxWait
            ? (leftTicks, RejectionReason.DeadlineTooClose)
            : (conditions.MaxWait, RejectionReason.WaitTimeout);
        // No job waits in a dry run, so what the clients accept was learned before it.
        var learned = patience.LimitFor(job?.Key, slots.RanLive);
        if (learned < longest)
            (longest, impatience) = ((long)learned, RejectionReason.ExpectedWaitTooLong);
        return _shadow!.Arrive(hasWorkers, slots.Limit, places, longest, impatience);
    }

    private void Count(DryRunVerdict verdict)
    {
        Waited += verdict.Waits ? 1 : 0;
        if (verdict.Reason is { } reason)
            _rejected.Add(reason);
    }

    /// <summary>The workers that a job gets: its weight, but not more than the queue has.</summary>
    private static int WorkersFor(JobRecord? job, int limit) => Math.Min(job?.Weight ?? 1, Math.Max(1, limit));
}

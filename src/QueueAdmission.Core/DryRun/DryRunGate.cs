namespace QueueAdmission;

/// <summary>
/// Admits every job of a queue in dry run, and counts the decisions that the queue would have made. Guarded by the
/// queue's lock.
/// </summary>
/// <remarks>
/// During a dry run the mark stays set (see <see cref="WorkerSlots"/>). Every job that arrives or ends therefore takes
/// the lock, so that it can be counted. An admitted job takes its workers even if they are not free. When the dry run
/// ends, more workers may be in use than the limit allows, as after the limit has been lowered.
/// </remarks>
internal sealed class DryRunGate(
    QueueConditions conditions, WaitingRoom room, Grants grants, Arrivals arrivals, AdaptiveMaxWait patience,
    QueueClock clock)
{
    private readonly ReasonCounts _rejected = new();
    private ShadowQueue? _shadow;

    /// <summary>Whether the dry run is on.</summary>
    public bool IsOpen => _shadow is not null;

    /// <summary>The number of jobs that would have waited, since the queue was created.</summary>
    public long Waited { get; private set; }

    /// <summary>The numbers of jobs that would have been refused, by reason, since the queue was created.</summary>
    public IReadOnlyDictionary<RejectionReason, long> RejectedByReason => _rejected.ToDictionary();

    /// <summary>Starts or ends the dry run according to the settings in force.</summary>
    public void Configure(ref WorkerSlots slots, ref WakeList wake)
    {
        if (!conditions.Settings.DryRun)
            _shadow = null;
        else if (_shadow is null)
            Open(ref slots, ref wake);
    }

    /// <summary>Updates the calculated line. Called when jobs have arrived or ended.</summary>
    public void Observe(ref WorkerSlots slots)
    {
        clock.UpdateNowWithoutSampleLocked();
        var workers = slots.ReadLocked();
        _shadow!.Observe(clock.Now, workers.InUse, workers.Ran, workers.Limit);
    }

    /// <summary>
    /// Admits a job, and counts the decision that the queue would have made. A job is refused only if the queue cannot
    /// count any more workers in use.
    /// </summary>
    public Admission LetThrough(ref WorkerSlots slots, object? jobState, bool mayWait)
    {
        if (room.Lines.KeepsRecords && jobState is not JobRecord)
            jobState = new JobRecord(new JobTraits { Tag = jobState });
        var job = jobState as JobRecord;
        var workers = WorkersFor(job, slots.Limit);
        // The word that counts the workers would overflow: see WorkerWord.MaxInUse.
        if (!slots.HasRoomLocked(workers))
            return arrivals.Refuse(ref slots, RejectionReason.QueueFull);
        Observe(ref slots);
        var verdict = Judge(job, !conditions.IsPaused && slots.Free >= workers, slots, mayWait);
        Count(verdict);
        grants.Take(ref slots, job, workers, clock.Now);
        Observe(ref slots);
        return Admission.LetThrough(verdict, job is { Workers: > 0 } ? job : null);
    }

    /// <summary>Starts the dry run, and admits all waiters.</summary>
    private void Open(ref WorkerSlots slots, ref WakeList wake)
    {
        slots.MarkLocked();
        clock.UpdateNowLocked(slots.RanLive, conditions.IsPaused);
        // If the word would overflow, this waiter and all later ones continue to wait for free workers.
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
        // No job waits in a dry run, so the patience of clients has been learned before it.
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

    /// <summary>
    /// Returns the number of workers that a job gets: its weight, but at most the limit in force. At a limit of 0, one
    /// worker.
    /// </summary>
    private static int WorkersFor(JobRecord? job, int limit) => Math.Min(job?.Weight ?? 1, Math.Max(1, limit));
}

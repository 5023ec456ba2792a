namespace QueueAdmission;

/// <summary>
/// Decides about newcomers under the lock: each gets workers, waits, or is refused. Guarded by the queue's lock.
/// </summary>
internal sealed class Arrivals(
    QueueConditions conditions,
    WorkerLimit limit,
    WaitingRoom room,
    BackgroundLine background,
    Grants grants,
    Departures departures,
    AdaptiveMaxWait patience,
    RejectionBook rejections,
    QueueClock clock)
{
    private bool _lastOneWaits;

    /// <summary>
    /// Whether the next job is likely to wait, and therefore needs a timestamp. True if the most recent decision was to
    /// let a job wait, false if it was a refusal. May be read without the lock.
    /// </summary>
    public bool NextProbablyWaits => _lastOneWaits;

    /// <summary>Decides about a newcomer, unless the newcomer has to wait.</summary>
    /// <param name="slots">The workers.</param>
    /// <param name="jobState">
    /// The <see cref="JobTraits.JobState"/> of the job. It becomes a <see cref="JobRecord"/> if the lines need one.
    /// </param>
    /// <param name="newcomer">The job.</param>
    /// <param name="isObserved">
    /// Whether an observer waits for a free worker. The observer arrived before this job.
    /// </param>
    /// <param name="admission">The decision.</param>
    /// <returns>False if the job has to wait. Then call <see cref="Place"/>.</returns>
    public bool TryDecide(
        ref WorkerSlots slots, ref object? jobState, Newcomer newcomer, bool isObserved, out Admission admission)
    {
        admission = default;
        var state = conditions.State;
        var job = jobState as JobRecord;
        if (!state.AcceptsNewcomers() || (state.IsStopping() && newcomer.Source == JobSource.Request))
            return RefuseOrAbandon(ref slots, RejectionReason.Draining, newcomer, out admission);
        if (job is { NeedsOrder: true })
            room.EnableFairLines(LineSettings.Of(conditions.Settings, limit.InForceForWeights, clock));
        if (job is null && room.Lines.KeepsRecords)
            jobState = job = new JobRecord(new JobTraits { Tag = jobState });
        if (job?.Deadline <= TimeSpan.Zero)
            return RefuseOrAbandon(ref slots, RejectionReason.DeadlineTooClose, newcomer, out admission);

        var refusal = state.IsStopping() && newcomer.Source != JobSource.Push
            ? RejectionReason.Draining
            : RefusalToWait(job, newcomer, slots.RanLive);
        // A job whose caller has left takes no place, so it needs no mark either.
        if (TryStart(ref slots, job, mark: refusal is null && !newcomer.HasLeft, isObserved))
        {
            admission = Admission.Immediate(job is { Workers: > 0 } ? job : null);
            return true;
        }
        return (refusal is not null || newcomer.HasLeft)
            && RefuseOrAbandon(ref slots, refusal.GetValueOrDefault(), newcomer, out admission);
    }

    /// <summary>
    /// Puts a newcomer in its place. Call it only after <see cref="TryDecide"/> has returned false, and so has set the
    /// mark.
    /// </summary>
    /// <param name="slots">The workers.</param>
    /// <param name="jobState">The <see cref="JobTraits.JobState"/> of the job, or its record.</param>
    /// <param name="source">The origin of the job.</param>
    /// <param name="taken">A timestamp from before the lock was taken; 0 to take one.</param>
    /// <param name="displaced">Receives the waiter that lost its place to the newcomer, if any.</param>
    public Waiter Place(ref WorkerSlots slots, object? jobState, JobSource source, long taken, ref WakeList displaced)
    {
        var isFirst = room.Count == 0;
        if (isFirst)
            clock.ForgetSampleLocked();
        clock.UpdateNowLocked(slots.RanLive, conditions.IsPaused, taken);
        if (isFirst)
        {
            clock.OnProgressLocked();
            // Until now no job waited, so there is no standing queue.
            room.Lines.Overload?.Observe(clock.Now, longestWait: 0);
        }
        _lastOneWaits = true;
        var waiter = room.Rent();
        waiter.Time = clock.Now;
        waiter.Detail = room.Count;
        waiter.JobState = jobState;
        waiter.IsPushed = source == JobSource.Push;
        if (waiter.Job is { Deadline: { } left } job)
            job.DeadlineAt = clock.Now + Math.Min(clock.ToTimestampTicks(left), long.MaxValue - clock.Now);
        if (room.Place(waiter) is { } victim)
            departures.Refuse(victim, RejectionReason.Displaced, ref displaced);
        return waiter;
    }

    /// <summary>Refuses a newcomer.</summary>
    public Admission Refuse(ref WorkerSlots slots, RejectionReason reason)
    {
        _lastOneWaits = false;
        clock.UpdateNowBeforeRefusalLocked(slots.RanLive, conditions.IsPaused, room.Count > 0, rejections.Total);
        return Admission.Refused(reason, departures.CountRefusal(reason));
    }

    private bool RefuseOrAbandon(
        ref WorkerSlots slots, RejectionReason reason, Newcomer newcomer, out Admission admission)
    {
        if (newcomer.HasLeft)
        {
            departures.CountAbandoned();
            admission = Admission.LeftBefore();
        }
        else
        {
            admission = Refuse(ref slots, reason);
        }
        return true;
    }

    /// <summary>Returns the reason why a newcomer may not wait, or null if it may.</summary>
    private RejectionReason? RefusalToWait(JobRecord? job, in Newcomer newcomer, long ran) =>
        room.Lines.RefusalOf(job, newcomer.MayWait) is { } refusal ? refusal
        : conditions.MaxWait <= 0 ? RejectionReason.WaitTimeout
        : job?.Deadline is { } left
            && WaitEstimate.For(job, room, clock, conditions.State) > clock.ToTimestampTicks(left)
            ? RejectionReason.DeadlineTooClose
        : patience.Refuses(job, newcomer.Source, ran) ? RejectionReason.ExpectedWaitTooLong
        : null;

    /// <summary>
    /// Takes the workers for a newcomer if they are free and no waiter has a better right to them. Otherwise sets the
    /// mark if <paramref name="mark"/> is true.
    /// </summary>
    private bool TryStart(ref WorkerSlots slots, JobRecord? job, bool mark, bool isObserved)
    {
        var workers = job?.Weight ?? 1;
        if (!room.Lines.SeesEveryJob && !conditions.State.IsStopping() && !background.IsWaiting)
        {
            if (!slots.TryTakeOrMarkLocked(workers, mark))
                return false;
            if (workers > 1)
                grants.OnStarted(job!, workers, room.Lines.KeepsRecords ? clock.GetTimestamp() : clock.Now);
            return true;
        }
        // The mark is set in this case. So workers that are free now stay free until the end of the locked section.
        var free = conditions.IsPaused ? 0 : background.FreeForLive(slots);
        var mayStart = room.Lines.SeesEveryJob
            ? free > 0 && room.Lines.MayStart(job!, free, out workers)
            : free >= workers && room.Count == 0 && !isObserved;
        if (mayStart)
            grants.Take(ref slots, job, workers, room.Lines.KeepsRecords ? clock.GetTimestamp() : clock.Now);
        return mayStart;
    }
}

namespace QueueAdmission;

// A job comes and finds no free worker at first sight: what becomes of it, and how it leaves again. The argument why no wake-up is lost stands beside the accounts.
public sealed partial class JobQueue
{
    /// <summary>Decides about a job that found no free worker at first sight: it takes one after all, waits, or is refused.</summary>
    /// <param name="brought">Its <see cref="JobTraits.Brought"/>.</param>
    /// <param name="mayWait">Whether it takes a place in line where there is no worker.</param>
    /// <param name="admission">The decision, where there is one already.</param>
    /// <param name="hasLeft">
    /// Whether its caller was gone when it came. Such a job takes a free worker as any other, and its caller's own code learns the rest from the token. Where it
    /// would wait or be refused, it counts as abandoned: the queue has turned away nothing that anything waits for.
    /// </param>
    /// <param name="source">Where the job comes from.</param>
    /// <returns>
    /// The waiter to await, once, after <see cref="Waiter.LeaveOn"/> where there is a token. Until it is awaited it cannot be reused, whatever happens to it
    /// meanwhile. Null if <paramref name="admission"/> is the decision already.
    /// </returns>
    internal Waiter? Arrive(object? brought, bool mayWait, out Admission admission, bool hasLeft = false, JobSource source = JobSource.Caller)
    {
        Waiter placed;
        WakeList displaced = new(), wake;
        // A guess: where the one before was refused, this one probably is, too, and needs no time.
        var now = _lastOneWaits ? _time.GetTimestamp() : 0;
        lock (_lock)
        {
            if (_settings.DryRun)
            {
                admission = LetThroughLocked(brought, mayWait);
                return null;
            }
            if (!AcceptsNewcomers || (_refusesCallers && source == JobSource.Request))
            {
                admission = TurnAwayLocked(RejectionReason.Draining, hasLeft);
                return null;
            }
            var job = brought as JobRecord;
            if (job is { NeedsOrder: true })
                HeedOrderLocked();
            if (job is null && _discipline.KeepsRecords)
                brought = job = new JobRecord(new JobTraits { Tag = brought });
            if (job?.Deadline <= TimeSpan.Zero)
            {
                admission = TurnAwayLocked(RejectionReason.DeadlineTooClose, hasLeft);
                return null;
            }
            var refusal = _refusesCallers && source != JobSource.Push ? RejectionReason.Draining : RefusalToWaitLocked(job, mayWait);
            // What has left takes no place, so it asks for no mark either.
            if (TryStartLocked(job, mark: refusal is null && !hasLeft))
            {
                admission = Admission.Immediate(job is { Workers: > 0 } ? job : null);
                return null;
            }
            if (refusal is not null || hasLeft)
            {
                admission = TurnAwayLocked(refusal.GetValueOrDefault(), hasLeft);
                return null;
            }

            if (_arrivals.Count == 0)
                _drainRate.Forget();
            LookAtClockLocked(now);
            if (_arrivals.Count == 0)
            {
                _lastProgress = _now;
                // Until now nobody waited, so nothing stands.
                _overload?.Observe(_now, longestWait: 0);
            }
            _lastOneWaits = true;
            var waiter = _pool.RentLocked();
            waiter.Time = _now;
            waiter.Detail = _arrivals.Count;
            waiter.Brought = brought;
            waiter.IsPushed = source == JobSource.Push;
            if (job?.Deadline is { } left)
            {
                job.DeadlineAt = _now + Math.Min(ToTimestampTicks(left), long.MaxValue - _now);
                _deadlines.Add(waiter);
            }
            _arrivals.Append(waiter);
            if (_discipline.Place(waiter, _arrivals.Oldest!) is { } victim)
                RefuseWaiterLocked(victim, RejectionReason.Displaced, ref displaced);
            admission = default;
            placed = waiter;
            if (_discipline.KeepsRecords)
            {
                // Workers may be free that others had to leave alone: whose turn it is may be the newcomer's.
                wake = SettleLocked();
            }
            else
            {
                wake = default;
                ArmTimerLocked();
                AssertInvariantsLocked();
            }
        }
        displaced.Complete();
        wake.Complete();
        return placed;
    }

    private Admission TurnAwayLocked(RejectionReason reason, bool hasLeft)
    {
        if (!hasLeft)
            return RefuseLocked(reason);
        _abandoned++;
        return Admission.LeftBefore();
    }

    /// <summary>Why a newcomer may not wait; null if it may.</summary>
    private RejectionReason? RefusalToWaitLocked(JobRecord? job, bool mayWait)
    {
        if (_discipline.RefusalOf(job, mayWait) is { } refusal)
            return refusal;
        if (_maxWaitTicks <= 0)
            return RejectionReason.WaitTimeout;
        return job?.Deadline is { } left && ExpectedWaitLocked(job) > ToTimestampTicks(left) ? RejectionReason.DeadlineTooClose : null;
    }

    /// <summary>A newcomer takes its workers if they are free and nobody has a better right to them; or else, if asked to, the mark is set.</summary>
    private bool TryStartLocked(JobRecord? job, bool mark)
    {
        var workers = job?.Weight ?? 1;
        if (_discipline.SeesEveryJob)
        {
            // Everyone has taken the lock: the mark is set, and the word may only gain while this looks at it.
            var free = _paused ? 0 : _slots.Free;
            if (free <= 0 || !_discipline.MayStart(job!, free, out workers))
                return false;
            _slots.TakeLocked(workers);
        }
        else if (!(_refusesCallers ? TakeMarkedLocked(workers) : _slots.TryTakeOrMarkLocked(workers, mark)))
        {
            return false;
        }
        else if (workers == 1)
        {
            return true;
        }
        RecordStartLocked(job!, workers, _discipline.KeepsRecords ? _time.GetTimestamp() : _now);
        return true;
    }

    /// <summary>From now on the job is one that has to be told from others when it ends.</summary>
    private void RecordStartLocked(JobRecord job, int workers, long now)
    {
        job.Workers = workers;
        _discipline.Started(job, now);
    }

    /// <summary>Its token was cancelled: the waiter leaves the line, unless it was granted or refused before.</summary>
    internal void Abandon(Waiter waiter)
    {
        var left = new WakeList();
        WakeList wake;
        lock (_lock)
        {
            if (waiter.Status != AdmissionStatus.Waiting)
                return;
            waiter.Status = AdmissionStatus.Abandoned;
            _abandoned++;
            _discipline.Remove(waiter);
            LookAtClockLocked();
            LeaveLocked(waiter, ref left);
            wake = SettleLocked();
        }
        left.Complete();
        wake.Complete();
    }

    internal void Recycle(Waiter waiter) => _pool.Return(waiter);

    /// <summary>Takes free workers that no waiter has a right to, although the mark is set.</summary>
    /// <remarks>The mark gives the word to the holder of the lock: others only add to it, so workers that are seen here stay free.</remarks>
    private bool TakeMarkedLocked(int workers)
    {
        if (_paused || _arrivals.Count > 0 || _probes.Count > 0 || _slots.Free < workers)
            return false;
        _slots.TakeLocked(workers);
        return true;
    }
}

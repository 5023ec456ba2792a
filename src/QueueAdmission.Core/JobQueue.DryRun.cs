namespace QueueAdmission;

// A queue in dry run admits everybody and takes notes.
//
// It is on hold all the time, so that every job that comes or ends passes the lock, where the notes are taken. A job that is let through takes its workers like any
// other, free or not: so the books stay what they are, and when the dry run ends, more jobs than workers are no other case than after a shrink.
public sealed partial class JobQueue
{
    private DryRunBooks? _dryRunBooks;
    private ShadowQueue? _shadow;

    /// <summary>The dry run begins, with the settings in force or later, or ends.</summary>
    /// <returns>Those who waited; they are let through.</returns>
    private WakeList SwitchDryRunLocked()
    {
        var wake = new WakeList();
        if (!_settings.DryRun)
        {
            _shadow = null;
            return wake;
        }
        HoldLocked();
        _dryRunBooks ??= new DryRunBooks();
        LookAtClockLocked();
        // Whoever does not fit into the word goes on waiting for a free worker.
        while (_arrivals.Oldest is { } waiter && Math.Min(waiter.Job?.Weight ?? 1, _settings.Workers) is var workers && _slots.HasRoomLocked(workers))
        {
            _discipline.Remove(waiter);
            TakeRegardlessLocked(waiter.Job, workers);
            waiter.Status = AdmissionStatus.Admitted;
            LeaveLocked(waiter, ref wake);
        }
        _shadow = new ShadowQueue(_now, _slots.Ran);
        return wake;
    }

    /// <summary>Lets a job through and notes what would have become of it.</summary>
    private Admission LetThroughLocked(object? brought, bool mayWait)
    {
        if (_discipline.KeepsRecords && brought is not JobRecord)
            brought = new JobRecord(new JobTraits { Tag = brought });
        var job = brought as JobRecord;
        var workers = Math.Min(job?.Weight ?? 1, _settings.Workers);
        // The word has no room for more; and a service that gets here needs no dry run to know that it needs a queue.
        if (!_slots.HasRoomLocked(workers))
            return RefuseLocked(RejectionReason.QueueFull);
        ObserveDryRunLocked();
        var verdict = JudgeLocked(job, workers, mayWait);
        _dryRunBooks!.Count(verdict);
        TakeRegardlessLocked(job, workers);
        ObserveDryRunLocked();
        return Admission.LetThrough(verdict, job is { Workers: > 0 } ? job : null);
    }

    private DryRunVerdict JudgeLocked(JobRecord? job, int workers, bool mayWait)
    {
        if (!AcceptsNewcomers)
            return new(Waits: false, RejectionReason.Draining);
        if (job?.Deadline <= TimeSpan.Zero)
            return new(Waits: false, RejectionReason.DeadlineTooClose);
        var hasWorkers = !_paused && _slots.Free >= workers;
        var places = mayWait ? (long)_settings.Partitions * _settings.PartitionCapacity : 0;
        return job?.Deadline is { } left && ToTimestampTicks(left) is var leftTicks && leftTicks < _maxWaitTicks
            ? _shadow!.Arrive(hasWorkers, _settings.Workers, places, leftTicks, RejectionReason.DeadlineTooClose)
            : _shadow!.Arrive(hasWorkers, _settings.Workers, places, _maxWaitTicks, RejectionReason.WaitTimeout);
    }

    private void TakeRegardlessLocked(JobRecord? job, int workers)
    {
        _slots.TakeLocked(workers);
        if (job is not null && (workers > 1 || _discipline.KeepsRecords))
            RecordStartLocked(job, workers, _now);
    }

    /// <summary>Jobs came or ended.</summary>
    private void ObserveDryRunLocked()
    {
        if (_shadow is null)
            return;
        var workers = _slots.ReadLocked();
        _now = _time.GetTimestamp();
        _shadow.Observe(_now, workers.InUse, workers.Ran, workers.Limit);
    }
}

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
        while (_arrivals.Oldest is { } waiter)
        {
            _lines.Remove(waiter);
            TakeRegardlessLocked(waiter.Job);
            waiter.Status = AdmissionStatus.Admitted;
            LeaveLocked(waiter, ref wake);
        }
        _shadow = new ShadowQueue(_now, WorkerWord.Ran(_word));
        return wake;
    }

    /// <summary>Lets a job through and notes what would have become of it.</summary>
    private Admission LetThroughLocked(object? brought, bool mayWait)
    {
        var job = brought as JobRecord;
        // The word has no room for more; and a service that gets here needs no dry run to know that it needs a queue.
        if (WorkerWord.Free(_word) <= -JobQueueOptions.WorkersLimit)
            return RefuseLocked(RejectionReason.QueueFull);
        ObserveDryRunLocked();
        var verdict = JudgeLocked(job, mayWait);
        _dryRunBooks!.Count(verdict);
        TakeRegardlessLocked(job);
        ObserveDryRunLocked();
        return Admission.LetThrough(verdict, job);
    }

    private DryRunVerdict JudgeLocked(JobRecord? job, bool mayWait)
    {
        if (!AcceptsNewcomers)
            return new(Waits: false, RejectionReason.Draining);
        var hasWorkers = !_paused && WorkerWord.Free(_word) >= (job?.Weight ?? 1);
        var places = (long)_settings.Partitions * _settings.PartitionCapacity;
        return _shadow!.Arrive(hasWorkers, _settings.Workers, mayWait ? places : 0, _maxWaitTicks, RejectionReason.WaitTimeout);
    }

    private void TakeRegardlessLocked(JobRecord? job)
    {
        Interlocked.Add(ref _word, -(job?.Weight ?? 1) * WorkerWord.FreeUnit);
        if (job is not null)
            job.Workers = job.Weight;
    }

    /// <summary>Jobs came or ended.</summary>
    private void ObserveDryRunLocked()
    {
        if (_shadow is null)
            return;
        var word = Volatile.Read(ref _word);
        _shadow.Observe(_time.GetTimestamp(), RunningLocked(word), WorkerWord.Ran(word), _settings.Workers);
    }
}

namespace QueueAdmission;

/// <summary>The gate of a queue in dry run: it lets every job through, and keeps books of what the queue would have done. Guarded by the queue's lock.</summary>
/// <remarks>
/// The queue is on hold all the time, so that every job that comes or ends passes the lock, where the notes are taken. A job that is let through
/// takes its workers like any other, whether they are free or not. When the dry run ends, more jobs than workers are what a lowered limit leaves.
/// </remarks>
internal sealed class DryRunGate
{
    private readonly ReasonCounts _rejected = new();
    private ShadowQueue? _shadow;

    /// <summary>Whether the dry run is on.</summary>
    public bool IsOpen => _shadow is not null;

    /// <summary>The jobs that would have waited, since the queue was made.</summary>
    public long Waited { get; private set; }

    /// <summary>The jobs that would have been refused, since the queue was made.</summary>
    public IReadOnlyDictionary<RejectionReason, long> RejectedByReason => _rejected.ToDictionary();

    /// <summary>The dry run begins, or begins again.</summary>
    public void Open(long now, long ran) => _shadow = new ShadowQueue(now, ran);

    public void Close() => _shadow = null;

    /// <summary>Jobs came or ended.</summary>
    public void Observe(long now, in WorkerCounts workers) => _shadow!.Observe(now, workers.InUse, workers.Ran, workers.Limit);

    /// <summary>Decides and counts what would have become of a job, right after <see cref="Observe"/>.</summary>
    /// <param name="job">The job; null if it brings nothing.</param>
    /// <param name="hasWorkers">Whether the workers that it needs are free.</param>
    /// <param name="places">The places it could wait in.</param>
    /// <param name="state">The state of the queue.</param>
    /// <param name="workers">The limit in force.</param>
    /// <param name="maxWait">The time that any job may wait, in ticks.</param>
    /// <param name="timeLeft">The time that this job may wait, in ticks.</param>
    public DryRunVerdict Judge(JobRecord? job, bool hasWorkers, long places, EngineState state, int workers, long maxWait, long timeLeft)
    {
        var verdict = !state.AcceptsNewcomers() ? new DryRunVerdict(Waits: false, RejectionReason.Draining)
            : job?.Deadline <= TimeSpan.Zero ? new DryRunVerdict(Waits: false, RejectionReason.DeadlineTooClose)
            : timeLeft < maxWait ? _shadow!.Arrive(hasWorkers, workers, places, timeLeft, RejectionReason.DeadlineTooClose)
            : _shadow!.Arrive(hasWorkers, workers, places, maxWait, RejectionReason.WaitTimeout);
        Waited += verdict.Waits ? 1 : 0;
        if (verdict.Reason is { } reason)
            _rejected.Add(reason);
        return verdict;
    }
}

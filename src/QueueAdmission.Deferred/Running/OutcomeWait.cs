namespace QueueAdmission.Deferred;

/// <summary>One connection that waits for the outcome of a job. It ends once, with what comes first.</summary>
internal sealed class OutcomeWait : IDisposable
{
    private readonly TaskCompletionSource<JobOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Outcomes _outcomes;
    private readonly ITimer _timer;
    private RequestSlots? _slots;

    public OutcomeWait(Outcomes outcomes, Guid id, TimeSpan time, RequestSlots slots, TimeProvider clock)
    {
        (_outcomes, Id, _slots) = (outcomes, id, slots);
        _timer = clock.CreateTimer(
            static wait => ((OutcomeWait)wait!).GiveUp(), this, time, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The job. It changes when the store has another one for the same request.</summary>
    public Guid Id { get; private set; }

    /// <summary>The turn in which the job is looked up; null while it is not registered.</summary>
    public LinkedListNode<OutcomeWait>? Turn { get; set; }

    /// <summary>Whether this node has claimed the job, so that its end comes without asking.</summary>
    public bool RunsHere { get; set; }

    /// <summary>Whether the wait is over. Its connection may not have gone on yet.</summary>
    public bool HasEnded => _outcome.Task.IsCompleted;

    /// <summary>Ends when the outcome is known, the time is over, or the request is aborted.</summary>
    /// <param name="aborted">Cancelled when the client leaves.</param>
    public async Task<JobOutcome> WhenEndedAsync(CancellationToken aborted)
    {
        await using var registration = aborted.UnsafeRegister(
            static wait => ((OutcomeWait)wait!).TrySet(new JobOutcome(JobOutcomeKind.Aborted)), this);
        return await _outcome.Task;
    }

    public void TrySet(JobOutcome outcome) => _outcome.TrySetResult(outcome);

    /// <summary>The time is over, or the application stops.</summary>
    public void GiveUp() => TrySet(new JobOutcome(RunsHere ? JobOutcomeKind.Running : JobOutcomeKind.Waiting));

    /// <summary>Waits for another job instead.</summary>
    public void MoveTo(Guid id)
    {
        _outcomes.Remove(this);
        Id = id;
        RunsHere = false;
        _outcomes.Add(this);
        _outcomes.LookUp(this, id);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _outcomes.Remove(this);
        Interlocked.Exchange(ref _slots, null)?.Return();
    }
}

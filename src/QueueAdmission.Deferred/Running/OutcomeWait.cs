namespace QueueAdmission.Deferred;

/// <summary>
/// The wait of one connection for the outcome of a job. It ends once, with the first event that occurs.
/// </summary>
internal sealed class OutcomeWait : IDisposable
{
    private readonly TaskCompletionSource<JobOutcome> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Outcomes _outcomes;
    private readonly ITimer _timer;
    private RequestSlots? _slots;

    public OutcomeWait(Outcomes outcomes, Guid id, TimeSpan time, RequestSlots slots, TimeProvider clock)
    {
        (_outcomes, Id, _slots) = (outcomes, id, slots);
        _timer = clock.CreateTimer(
            static wait => ((OutcomeWait)wait!).GiveUp(), this, time, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The id of the job. It changes if the store already has another job for the same request.</summary>
    public Guid Id { get; private set; }

    /// <summary>The entry in the list of jobs to look up. Null while the wait is not registered.</summary>
    public LinkedListNode<OutcomeWait>? Turn { get; set; }

    /// <summary>
    /// Whether this node has claimed the job. If so, it learns of the end without looking the job up.
    /// </summary>
    public bool RunsHere { get; set; }

    /// <summary>Whether the wait has ended. The code that waits may not have continued yet.</summary>
    public bool HasEnded => _outcome.Task.IsCompleted;

    /// <summary>
    /// Completes when the outcome is known, the time limit of the wait has passed, the request is aborted, or the
    /// application stops.
    /// </summary>
    /// <param name="aborted">Cancelled when the client disconnects or the request times out.</param>
    public async Task<JobOutcome> WhenEndedAsync(CancellationToken aborted)
    {
        await using var registration = aborted.UnsafeRegister(
            static wait => ((OutcomeWait)wait!).TrySet(new JobOutcome(JobOutcomeKind.Aborted)), this);
        return await _outcome.Task;
    }

    public void TrySet(JobOutcome outcome) => _outcome.TrySetResult(outcome);

    /// <summary>Ends the wait without an outcome, because the time is over or the application stops.</summary>
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

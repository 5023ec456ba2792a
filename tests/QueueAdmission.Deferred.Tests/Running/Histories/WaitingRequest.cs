namespace QueueAdmission.Deferred.Running.Histories;

/// <summary>A request of an <see cref="OutcomesHistory"/> that waits for its job.</summary>
internal sealed class WaitingRequest(Guid id, DateTimeOffset deadline)
{
    public string Name { get; } = $"{id:N}"[..4];

    /// <summary>The job for which the request is registered.</summary>
    public Guid Id { get; set; } = id;

    public DateTimeOffset Deadline => deadline;

    public required OutcomeWait Wait { get; init; }

    public StoreVerdict Verdict { get; set; }

    public WaitedJob? Job { get; set; }

    public bool IsAnswered { get; set; }

    /// <summary>Whether a call of the request is in progress.</summary>
    public bool IsBusy { get; set; }

    public bool IsAborted { get; set; }

    /// <summary>Whether the waits know that this node runs the job. The job is then not looked up.</summary>
    public bool RunsHere { get; set; }

    /// <summary>The time from which the job is looked up.</summary>
    public required DateTimeOffset FreeSince { get; set; }

    public JobOutcome? Outcome { get; set; }

    public bool MayEnd { get; set; }

    /// <summary>Whether the store has decided about the request, and the request does not know it yet.</summary>
    public bool AwaitsAnswer => this is { Verdict: not StoreVerdict.None, IsAnswered: false, IsBusy: false };

    public bool MayLeave => !IsBusy && (IsAnswered || Wait.HasEnded);
}

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

    /// <summary>Whether the flow of the request is within a call.</summary>
    public bool IsBusy { get; set; }

    public bool IsAborted { get; set; }

    /// <summary>Whether this node was told that it runs the job, so that the job is not looked up.</summary>
    public bool RunsHere { get; set; }

    /// <summary>Since when the job is looked up.</summary>
    public required DateTimeOffset FreeSince { get; set; }

    public JobOutcome? Outcome { get; set; }

    public bool MayEnd { get; set; }
}

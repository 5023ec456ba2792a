namespace QueueAdmission.Deferred.Running.Histories;

/// <summary>A stored job of an <see cref="OutcomesHistory"/>.</summary>
internal sealed class WaitedJob(Guid id)
{
    public Guid Id => id;

    public string Name { get; } = $"job {id:N}"[..8];

    public JobPlace Place { get; set; }

    public StoredJobState State { get; private set; }

    public byte[]? Result { get; private set; }

    public DateTimeOffset EndedAt { get; private set; }

    /// <summary>Whether this node runs the job, even if another node has taken the job over.</summary>
    public bool IsClaimedHere { get; set; }

    public void End(JobEndKind kind, byte[]? result, DateTimeOffset now)
    {
        (Place, State) = kind switch
        {
            JobEndKind.Done => (JobPlace.Ended, StoredJobState.Done),
            JobEndKind.Dead => (JobPlace.Ended, StoredJobState.Dead),
            _ => (JobPlace.Waiting, StoredJobState.Waiting),
        };
        (EndedAt, Result) = (now, State == StoredJobState.Done ? result : null);
    }

    public void Cancel(DateTimeOffset now) =>
        (Place, State, EndedAt) = (JobPlace.Ended, StoredJobState.Cancelled, now);
}

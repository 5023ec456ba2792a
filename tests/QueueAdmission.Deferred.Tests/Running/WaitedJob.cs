namespace QueueAdmission.Deferred.Running;

/// <summary>A job of an <see cref="OutcomesHistory"/>, as the store has it.</summary>
internal sealed class WaitedJob(Guid id)
{
    public Guid Id => id;

    public string Name { get; } = $"job {id:N}"[..8];

    public JobPlace Place { get; set; }

    public StoredJobState State { get; set; }

    public byte[]? Result { get; set; }

    public DateTimeOffset EndedAt { get; set; }

    /// <summary>Whether this node runs the job, also if it has lost it.</summary>
    public bool IsClaimedHere { get; set; }
}

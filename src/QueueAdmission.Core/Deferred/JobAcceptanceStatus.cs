namespace QueueAdmission;

/// <summary>Whether an intake accepted a job, or why it did not.</summary>
public enum JobAcceptanceStatus
{
    /// <summary>The job is stored.</summary>
    Accepted = 0,

    /// <summary>
    /// The queue already has <see cref="AcceptedJob.MaxWaiting"/> waiting and running jobs. Nothing was stored.
    /// </summary>
    QueueFull = 1,

    /// <summary>
    /// The store has a job with the same <see cref="AcceptedJob.IdempotencyKey"/> and the same
    /// <see cref="AcceptedJob.Fingerprint"/>, or with the same <see cref="AcceptedJob.Id"/>. Nothing was stored.
    /// </summary>
    Duplicate = 2,

    /// <summary>
    /// The store has a job with the same <see cref="AcceptedJob.IdempotencyKey"/> but a different
    /// <see cref="AcceptedJob.Fingerprint"/>. Nothing was stored.
    /// </summary>
    KeyReused = 3,

    /// <summary>
    /// The intake could not make this job durable, or does not know whether it is durable. A store never returns this
    /// status, because its calls succeed or fail as a whole.
    /// </summary>
    Unavailable = 4,
}

namespace QueueAdmission;

/// <summary>What became of a job that was given to a store.</summary>
public enum JobAcceptanceStatus
{
    /// <summary>The job is stored.</summary>
    Accepted = 0,

    /// <summary>
    /// The queue has as many jobs as <see cref="AcceptedJob.MaxWaiting"/> allows. Nothing was stored.
    /// </summary>
    QueueFull = 1,

    /// <summary>
    /// The store has a job with the same <see cref="AcceptedJob.IdempotencyKey"/> and the same
    /// <see cref="AcceptedJob.Fingerprint"/>, or with the same <see cref="AcceptedJob.Id"/>. Nothing was stored.
    /// </summary>
    Duplicate = 2,

    /// <summary>
    /// The store has a job with the same <see cref="AcceptedJob.IdempotencyKey"/> and another
    /// <see cref="AcceptedJob.Fingerprint"/>. Nothing was stored.
    /// </summary>
    KeyReused = 3,

    /// <summary>
    /// The intake could not make this job durable, or does not know whether it is. A store never answers so: it takes
    /// or fails a call as a whole.
    /// </summary>
    Unavailable = 4,
}

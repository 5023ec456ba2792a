namespace QueueAdmission.Deferred;

/// <summary>The information that a waiting connection gets about its job.</summary>
/// <param name="Kind">The reason why the wait has ended.</param>
/// <param name="Job">
/// The id of a completed job. If the store has recognized the request as a repetition, this is the id of the earlier
/// job, and not the id for which the connection waited.
/// </param>
/// <param name="Result">The result of a completed job, in its stored form.</param>
internal readonly record struct JobOutcome(JobOutcomeKind Kind, Guid Job = default, byte[]? Result = null)
{
    /// <summary>Returns the outcome of a stored job, or null if the job is still waiting or running.</summary>
    public static JobOutcome? Of(StoredJob job) => job.State switch
    {
        StoredJobState.Done => new JobOutcome(JobOutcomeKind.Done, job.Id, job.Result),
        StoredJobState.Dead => new JobOutcome(JobOutcomeKind.Dead),
        StoredJobState.Cancelled => new JobOutcome(JobOutcomeKind.Cancelled),
        StoredJobState.Discarded => new JobOutcome(JobOutcomeKind.Discarded),
        _ => null,
    };
}

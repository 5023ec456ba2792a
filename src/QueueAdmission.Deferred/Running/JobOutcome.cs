namespace QueueAdmission.Deferred;

/// <summary>What a connection that waits for a job learns.</summary>
/// <param name="Kind">What has happened.</param>
/// <param name="Job">For a job that is done, its id. A repetition that the store found later has another one.</param>
/// <param name="Result">For a job that is done, its result as the store has it.</param>
internal readonly record struct JobOutcome(JobOutcomeKind Kind, Guid Job = default, byte[]? Result = null)
{
    /// <summary>The outcome of a job as the store has it; null while the job can still come to its end.</summary>
    public static JobOutcome? Of(StoredJob job) => job.State switch
    {
        StoredJobState.Done => new JobOutcome(JobOutcomeKind.Done, job.Id, job.Result),
        StoredJobState.Dead => new JobOutcome(JobOutcomeKind.Dead),
        StoredJobState.Cancelled => new JobOutcome(JobOutcomeKind.Cancelled),
        StoredJobState.Discarded => new JobOutcome(JobOutcomeKind.Discarded),
        _ => null,
    };
}

namespace QueueAdmission.Deferred;

/// <summary>What a connection that waits for a job learns.</summary>
/// <param name="Kind">What has happened.</param>
/// <param name="Result">For a job that is done, its result as the store has it.</param>
internal readonly record struct JobOutcome(JobOutcomeKind Kind, byte[]? Result = null)
{
    /// <summary>The outcome of a job in a state; null while the job can still come to its end.</summary>
    public static JobOutcome? Of(StoredJobState state, byte[]? result) => state switch
    {
        StoredJobState.Done => new JobOutcome(JobOutcomeKind.Done, result),
        StoredJobState.Dead => new JobOutcome(JobOutcomeKind.Dead),
        StoredJobState.Cancelled => new JobOutcome(JobOutcomeKind.Cancelled),
        StoredJobState.Discarded => new JobOutcome(JobOutcomeKind.Discarded),
        _ => null,
    };
}

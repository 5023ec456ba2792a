namespace QueueAdmission;

/// <summary>The answer of an intake to a job that was passed to <see cref="IJobIntake.Accept"/>.</summary>
/// <param name="Status">Whether the job was accepted.</param>
/// <param name="Id">The id of the stored job. For a duplicate, this is the earlier job.</param>
public readonly record struct JobAcceptance(JobAcceptanceStatus Status, Guid Id)
{
    /// <summary>
    /// The position of an accepted job in the log in front of the store. Null if the job is in the store already.
    /// </summary>
    public JobPosition? Position { get; init; }
}

namespace QueueAdmission;

/// <summary>What became of a job that was given to a store.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Id">The job that is stored: for a duplicate the earlier one.</param>
public readonly record struct JobAcceptance(JobAcceptanceStatus Status, Guid Id)
{
    /// <summary>Where an accepted job lies until it is in the store. Null if it is there.</summary>
    public JobPosition? Position { get; init; }
}

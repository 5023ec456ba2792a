namespace QueueAdmission;

/// <summary>A job and its position in the source that it is imported from.</summary>
/// <param name="Position"><see cref="JobPosition.Position"/>.</param>
/// <param name="Job">The job. <see cref="AcceptedJob.MaxWaiting"/> is ignored.</param>
public readonly record struct ImportedJob(long Position, AcceptedJob Job);

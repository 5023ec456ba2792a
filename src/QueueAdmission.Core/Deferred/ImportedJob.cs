namespace QueueAdmission;

/// <summary>A job with its place in its source.</summary>
/// <param name="Position"><see cref="JobPosition.Position"/>.</param>
/// <param name="Job">The job. <see cref="AcceptedJob.MaxWaiting"/> is not looked at.</param>
public readonly record struct ImportedJob(long Position, AcceptedJob Job);

namespace QueueAdmission;

/// <summary>An outage of the store of deferred jobs, or of the <see cref="IJobIntake"/> in front of it.</summary>
/// <param name="Since">The time at which the first call failed.</param>
/// <param name="Problem">The kind of problem.</param>
/// <param name="Message">A description for operators, without credentials.</param>
public sealed record DeferredJobsOutage(DateTimeOffset Since, JobStoreProblem Problem, string Message);

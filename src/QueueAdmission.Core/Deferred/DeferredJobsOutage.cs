namespace QueueAdmission;

/// <summary>What is wrong with the store of deferred jobs.</summary>
/// <param name="Since">When the first call failed.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Message">The same in words for operators, without credentials.</param>
public sealed record DeferredJobsOutage(DateTimeOffset Since, JobStoreProblem Problem, string Message);

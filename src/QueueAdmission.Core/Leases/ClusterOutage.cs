namespace QueueAdmission;

/// <summary>The store of a cluster cannot be used.</summary>
/// <param name="Problem">What is wrong.</param>
/// <param name="Message">The message of the store, without credentials.</param>
/// <param name="Since">When the first call failed.</param>
public sealed record ClusterOutage(LeaseStoreProblem Problem, string Message, DateTimeOffset Since);

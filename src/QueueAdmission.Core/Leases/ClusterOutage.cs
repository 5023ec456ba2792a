namespace QueueAdmission;

/// <summary>An outage of the store of a cluster.</summary>
/// <param name="Problem">The kind of problem.</param>
/// <param name="Message">The message of the store, without credentials.</param>
/// <param name="Since">The time at which the first call failed.</param>
public sealed record ClusterOutage(LeaseStoreProblem Problem, string Message, DateTimeOffset Since);

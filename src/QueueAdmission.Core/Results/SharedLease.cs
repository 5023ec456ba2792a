namespace QueueAdmission;

/// <summary>The lease of this process on workers of a queue that several processes share.</summary>
/// <param name="Lost">Cancelled when the lease is lost. Other processes may then start jobs on these workers.</param>
/// <param name="FencingToken">
/// If the processes share exactly one worker, a number that increases with each new holder of this worker. Otherwise
/// null: several leases are valid at the same time, so no number could identify the latest.
/// </param>
public sealed record SharedLease(CancellationToken Lost, long? FencingToken);

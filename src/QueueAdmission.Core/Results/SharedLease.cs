namespace QueueAdmission;

/// <summary>The right of this process to workers of a queue that several processes share.</summary>
/// <param name="Lost">Cancelled when the right is lost. Then other processes may run jobs in the place of
/// these.</param>
/// <param name="FencingToken">
/// A number that only rises from one holder of the only worker to the next. Null if the processes share more than one
/// worker: then several leases are valid at a time, and no number says which one came last.
/// </param>
public sealed record SharedLease(CancellationToken Lost, long? FencingToken);

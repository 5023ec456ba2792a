namespace QueueAdmission;

/// <summary>The key of a document in a lease store.</summary>
/// <param name="Cluster">
/// The name of the cluster: 1 to 200 characters, without control characters. Compared ordinally.
/// </param>
/// <param name="Queue">
/// The name of the queue: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>, in lower case. Compared ordinally.
/// </param>
public readonly record struct LeaseStoreKey(string Cluster, string Queue);

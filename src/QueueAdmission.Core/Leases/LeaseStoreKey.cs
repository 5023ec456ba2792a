namespace QueueAdmission;

/// <summary>Which document of a lease store is meant.</summary>
/// <param name="Cluster">
/// The name of the cluster: 1 to 200 characters, of any kind except control characters. Compared by its characters.
/// </param>
/// <param name="Queue">
/// The name of the queue: 1 to 64 of the characters <c>A-Z a-z 0-9 . _ -</c>, in lower case. Compared by its
/// characters.
/// </param>
public readonly record struct LeaseStoreKey(string Cluster, string Queue);

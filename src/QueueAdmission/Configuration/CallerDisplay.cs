namespace QueueAdmission;

/// <summary>How the dashboard shows the callers of a queue that keeps callers apart.</summary>
public enum CallerDisplay
{
    /// <summary>The callers are not shown.</summary>
    None = 0,

    /// <summary>
    /// A hash of the caller's key, which tells callers apart without naming them. The same caller has a different hash
    /// in each process.
    /// </summary>
    Hash = 1,

    /// <summary>
    /// The key that <see cref="RequestQueueOptions.PartitionBy"/> found, such as the identifier of the user or the
    /// address of the client.
    /// </summary>
    Name = 2,
}

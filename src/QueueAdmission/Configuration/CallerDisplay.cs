namespace QueueAdmission;

/// <summary>How the dashboard shows the callers of a queue that keeps callers apart.</summary>
public enum CallerDisplay
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>
    /// By a hash, which tells callers apart without naming them. The same caller has another hash in another process.
    /// </summary>
    Hash = 1,

    /// <summary>
    /// By what <see cref="RequestQueueOptions.PartitionBy"/> found, such as the user's name or the address.
    /// </summary>
    Name = 2,
}

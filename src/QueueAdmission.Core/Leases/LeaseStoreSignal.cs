namespace QueueAdmission;

/// <summary>What a node that listens to a lease store is told.</summary>
/// <param name="Queue">
/// The <see cref="LeaseStoreKey.Queue"/> that was written; empty if it may have been any of the cluster.
/// </param>
/// <param name="Text">
/// The <see cref="LeaseStoreWrite.Signal"/> of the write; empty if the store only knows that there was one.
/// </param>
public readonly record struct LeaseStoreSignal(string Queue, string Text)
{
    /// <summary>The store listens from now on. Earlier signals may have been missed.</summary>
    public static LeaseStoreSignal Connected => new("", "");
}

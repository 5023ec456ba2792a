namespace QueueAdmission;

/// <summary>A signal from a lease store to a node that listens to it.</summary>
/// <param name="Queue">
/// The <see cref="LeaseStoreKey.Queue"/> whose document was written. Empty if it may be any queue of the cluster.
/// </param>
/// <param name="Text">
/// The <see cref="LeaseStoreWrite.Signal"/> of the write. Empty if the store knows only that a write occurred.
/// </param>
public readonly record struct LeaseStoreSignal(string Queue, string Text)
{
    /// <summary>The signal that a connection has been established. Earlier signals may have been missed.</summary>
    public static LeaseStoreSignal Connected => new("", "");
}

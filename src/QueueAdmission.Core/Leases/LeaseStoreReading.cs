namespace QueueAdmission;

/// <summary>
/// The document that a lease store holds for one queue at one moment, with the time and the identity of the store.
/// </summary>
public sealed class LeaseStoreReading
{
    /// <summary>
    /// The version of the document, exactly as it was written from <see cref="LeaseStoreWrite.Version"/>. Null if there
    /// is no document.
    /// </summary>
    public required string? Version { get; init; }

    /// <summary>The document, exactly as it was written. Empty if there is no document.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>
    /// The store's time at the moment of the reading. It is counted from an arbitrary origin, which is fixed as long as
    /// <see cref="Identity"/> is the same. The resolution is a millisecond or finer.
    /// </summary>
    /// <remarks>
    /// All nodes must see the same clock: the clock of the process or host that serves the store, never the clock of
    /// the caller. A clock that can be set, such as the wall clock of a server, is allowed. The cluster detects jumps,
    /// and keeps the limit in spite of them.
    /// </remarks>
    public required TimeSpan Time { get; init; }

    /// <summary>
    /// The identity of the process that serves the store. It changes whenever written data may be missing, or another
    /// clock may be in use: after a restart, a failover or a restore. Never empty; at most 200 characters.
    /// </summary>
    /// <remarks>
    /// All nodes that are served by the same process read the same identity. The identity of a replica differs from
    /// that of its primary, even after the replica has been promoted.
    /// </remarks>
    public required string Identity { get; init; }
}

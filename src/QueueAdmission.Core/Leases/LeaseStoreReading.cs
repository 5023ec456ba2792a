namespace QueueAdmission;

/// <summary>What a lease store holds for one queue at one moment, and which process serves it.</summary>
public sealed class LeaseStoreReading
{
    /// <summary>
    /// The version of the document, exactly as the writer gave it in <see cref="LeaseStoreWrite.Version"/>. Null if
    /// there is no document.
    /// </summary>
    public required string? Version { get; init; }

    /// <summary>The document, exactly as it was written. Empty if there is none.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>
    /// The store's time at the moment of the reading, counted from any moment that stays the same while
    /// <see cref="Identity"/> does. Resolution: a millisecond or finer.
    /// </summary>
    /// <remarks>
    /// All nodes have to see the same clock: that of the process or host that serves the store, never that of the
    /// caller. A clock that may be set, such as the wall clock of a server, is allowed. The cluster sees jumps, and
    /// protects the limit.
    /// </remarks>
    public required TimeSpan Time { get; init; }

    /// <summary>
    /// Which process serves the store. It changes whenever data that was written may be missing, or the clock may be
    /// another one: after a restart, after a failover, after a restore. Never empty; at most 200 characters.
    /// </summary>
    /// <remarks>
    /// All nodes read the same text while they are served by the same process. The text of a replica differs from the
    /// text of its primary, also after the replica was promoted.
    /// </remarks>
    public required string Identity { get; init; }
}

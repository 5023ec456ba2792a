namespace QueueAdmission;

/// <summary>One write to a lease store.</summary>
public sealed class LeaseStoreWrite
{
    /// <summary>
    /// The version of the document from now on: 1 to 80 printable characters of ASCII. It never comes back, also if the
    /// document was lost and made again.
    /// </summary>
    public required string Version { get; init; }

    /// <summary>The document: UTF-8 text of at most 1 MB, usually some hundred bytes.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>
    /// How long the document is still needed if no node writes it again. A durable store never deletes it. Another
    /// store may delete it after this time, and not before.
    /// </summary>
    public required TimeSpan KeepFor { get; init; }

    /// <summary>
    /// What the nodes that listen are told if the write succeeds: 0 to 200 printable characters of ASCII. Null if they
    /// are told nothing.
    /// </summary>
    public string? Signal { get; init; }
}

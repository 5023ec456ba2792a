namespace QueueAdmission;

/// <summary>One write to a lease store.</summary>
public sealed class LeaseStoreWrite
{
    /// <summary>
    /// The new version of the document: 1 to 80 printable ASCII characters. A version is never used again, even if the
    /// document has been lost and created anew.
    /// </summary>
    public required string Version { get; init; }

    /// <summary>The document: UTF-8 text of at most 1 MB, usually a few hundred bytes.</summary>
    public required ReadOnlyMemory<byte> Document { get; init; }

    /// <summary>
    /// The time for which the document is needed if no node writes it again. A durable store never deletes the
    /// document. Any other store may delete it after this time, but not earlier.
    /// </summary>
    public required TimeSpan KeepFor { get; init; }

    /// <summary>
    /// The signal to listening nodes if the write succeeds: 0 to 200 printable ASCII characters. Null if no signal is
    /// sent.
    /// </summary>
    public string? Signal { get; init; }
}

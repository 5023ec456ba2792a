namespace QueueAdmission;

/// <summary>The moment at which a request releases its worker.</summary>
public enum ReleaseOn
{
    /// <summary>
    /// When the rest of the pipeline has ended. A request with a streamed answer keeps its worker until the end of the
    /// stream.
    /// </summary>
    End = 1,

    /// <summary>
    /// When the response starts: with the answer to the handshake of a WebSocket, or with the first byte of a streamed
    /// answer.
    /// </summary>
    ResponseStart = 2,
}

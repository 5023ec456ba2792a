namespace QueueAdmission;

/// <summary>When a request gives its worker back.</summary>
public enum ReleaseOn
{
    /// <summary>When the rest of the pipeline has ended. A streamed answer keeps its worker while it streams.</summary>
    End = 1,

    /// <summary>
    /// When the response starts: once the handshake of a WebSocket is answered, or with the first byte of a streamed
    /// answer.
    /// </summary>
    ResponseStart = 2,
}

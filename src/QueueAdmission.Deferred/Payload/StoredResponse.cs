using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Deferred;

/// <summary>The response of a handler, as the result of a job.</summary>
internal sealed class StoredResponse
{
    public required int StatusCode { get; init; }

    public string? ReasonPhrase { get; init; }

    public required IReadOnlyList<KeyValuePair<string, StringValues>> Headers { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whether the body was larger than may be kept, and is not here.</summary>
    public bool IsBodyDropped { get; init; }

    /// <summary>The identity of the caller that the request came from.</summary>
    public required byte[] Owner { get; init; }
}

using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Deferred;

/// <summary>The response of a handler, stored as the result of a job.</summary>
internal sealed class StoredResponse
{
    public required int StatusCode { get; init; }

    public string? ReasonPhrase { get; init; }

    public required IReadOnlyList<KeyValuePair<string, StringValues>> Headers { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whether the body was dropped because it was larger than permitted.</summary>
    public bool IsBodyDropped { get; init; }

    /// <summary>The identity of the caller that sent the request, as a hash.</summary>
    public required byte[] Owner { get; init; }
}

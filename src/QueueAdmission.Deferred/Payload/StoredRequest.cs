using System.Net;
using System.Security.Claims;
using Microsoft.Extensions.Primitives;

namespace QueueAdmission.Deferred;

/// <summary>A request as it is stored. It contains everything that is needed to run the request later.</summary>
internal sealed class StoredRequest
{
    public required Guid Id { get; init; }

    public required RouteIdentity Route { get; init; }

    public required string Method { get; init; }

    public required string Protocol { get; init; }

    public required string Scheme { get; init; }

    public required string Host { get; init; }

    public required string PathBase { get; init; }

    public required string Path { get; init; }

    public required string QueryString { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string?>> RouteValues { get; init; }

    public required IReadOnlyList<KeyValuePair<string, StringValues>> Headers { get; init; }

    public required ClaimsPrincipal User { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whether the request had a body, even if the body was empty.</summary>
    public required bool HasBody { get; init; }

    public required string Culture { get; init; }

    public required string UICulture { get; init; }

    public string? TraceParent { get; init; }

    public string? TraceState { get; init; }

    public IPAddress? RemoteAddress { get; init; }

    public int RemotePort { get; init; }

    public IPAddress? LocalAddress { get; init; }

    public int LocalPort { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The key of the request in a queue that distinguishes callers.</summary>
    public string? Key { get; init; }

    public int KeyShare { get; init; } = 1;
}

using System.Security.Authentication;

namespace QueueAdmission.Redis;

/// <summary>The parts of a connection string that a lease store needs.</summary>
internal sealed class RedisConnectionString
{
    /// <summary>
    /// The endpoints, at least one: those of the Sentinels if <see cref="ServiceName"/> is set, otherwise of the
    /// servers.
    /// </summary>
    public required IReadOnlyList<RedisEndpoint> Endpoints { get; init; }

    /// <summary>The name under which Sentinel monitors the primary. Null if Sentinel is not used.</summary>
    public string? ServiceName { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    public int Database { get; init; }

    public string? ClientName { get; init; }

    /// <summary>The prefix of all channel names.</summary>
    public string ChannelPrefix { get; init; } = "";

    public bool UsesTls { get; init; }

    /// <summary>
    /// The host name that the server's certificate must contain. If null, the host of the endpoint is used.
    /// </summary>
    public string? TlsHost { get; init; }

    /// <summary>
    /// The allowed versions of TLS. If the value is <see cref="SslProtocols.None"/>, the operating system decides.
    /// </summary>
    public SslProtocols TlsProtocols { get; init; }

    public bool ChecksRevocation { get; init; }

    /// <summary>The servers as text for messages, without credentials.</summary>
    public string Target =>
        ServiceName is null
            ? string.Join(", ", Endpoints)
            : $"'{ServiceName}' of the Sentinels {string.Join(", ", Endpoints)}";
}

using System.Security.Authentication;

namespace QueueAdmission.Redis;

/// <summary>What a connection string says, as far as a lease store needs it.</summary>
internal sealed class RedisConnectionString
{
    /// <summary>The servers; the Sentinels if there is a <see cref="ServiceName"/>. At least one.</summary>
    public required IReadOnlyList<RedisEndpoint> Endpoints { get; init; }

    /// <summary>The primary that Sentinel watches under this name; null without Sentinel.</summary>
    public string? ServiceName { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    public int Database { get; init; }

    public string? ClientName { get; init; }

    /// <summary>Put before the names of channels.</summary>
    public string ChannelPrefix { get; init; } = "";

    public bool UsesTls { get; init; }

    /// <summary>The name in the server's certificate; the host of the endpoint if null.</summary>
    public string? TlsHost { get; init; }

    /// <summary>
    /// The allowed versions of TLS; the operating system decides if this is <see cref="SslProtocols.None"/>.
    /// </summary>
    public SslProtocols TlsProtocols { get; init; }

    public bool ChecksRevocation { get; init; }

    /// <summary>What is meant, for messages: no credentials.</summary>
    public string Target =>
        ServiceName is null
            ? string.Join(", ", Endpoints)
            : $"'{ServiceName}' of the Sentinels {string.Join(", ", Endpoints)}";
}

using System.Security.Authentication;

namespace QueueAdmission.Redis;

/// <summary>The parts of a connection string that a lease store needs.</summary>
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

    /// <summary>The prefix of the names of channels.</summary>
    public string ChannelPrefix { get; init; } = "";

    public bool UsesTls { get; init; }

    /// <summary>The name in the server's certificate; the host of the endpoint if null.</summary>
    public string? TlsHost { get; init; }

    /// <summary>
    /// The allowed versions of TLS; the operating system decides if this is <see cref="SslProtocols.None"/>.
    /// </summary>
    public SslProtocols TlsProtocols { get; init; }

    public bool ChecksRevocation { get; init; }

    /// <summary>The servers, for messages. There are no credentials in it.</summary>
    public string Target =>
        ServiceName is null
            ? string.Join(", ", Endpoints)
            : $"'{ServiceName}' of the Sentinels {string.Join(", ", Endpoints)}";
}

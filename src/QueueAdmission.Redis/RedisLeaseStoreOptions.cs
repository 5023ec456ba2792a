using System.Net.Security;

namespace QueueAdmission.Redis;

/// <summary>Settings of the lease store in Redis, apart from the connection string.</summary>
public sealed class RedisLeaseStoreOptions
{
    /// <summary>
    /// How long one call may take, the connecting included. Default: 1 s. Range: 50 ms to 10 s. Keep it at a third of
    /// <c>LeaseDuration</c> or less, because a call delays the renewal of all leases of the process.
    /// </summary>
    /// <remarks>
    /// <c>connectTimeout</c> and <c>syncTimeout</c> of the connection string are not used, because their defaults of
    /// 5 s are longer than a lease.
    /// </remarks>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many replicas have to confirm each write, by <c>WAIT</c>. Default: 0. Range: 0 to 100.
    /// </summary>
    /// <remarks>
    /// When a network is split, an old primary may go on serving its side while a replica is promoted on the other one.
    /// With 1 or more, a node on the side of the old primary gets no lease, so the limit holds. Without a confirmation
    /// the write counts as failed. The server's setting <c>min-replicas-to-write</c> serves the same purpose.
    /// </remarks>
    public int ConfirmingReplicas { get; set; }

    /// <summary>
    /// Changes how TLS connections are made: for example, the client certificate, or how the server's is checked.
    /// Default: null. Used only if the connection string has <c>ssl=true</c>.
    /// </summary>
    /// <remarks>Called for each connection, after the settings of the connection string were applied.</remarks>
    public Action<SslClientAuthenticationOptions>? ConfigureTls { get; set; }
}

using System.Net.Security;

namespace QueueAdmission.Redis;

/// <summary>Settings of the lease store in Redis, apart from the connection string.</summary>
public sealed class RedisLeaseStoreOptions
{
    /// <summary>
    /// The longest time that one call may take, including the time to connect. Default: 1 s. Range: 50 ms to 10 s. Set
    /// at most a third of <c>LeaseDuration</c>, because a call delays the renewal of all leases of the process.
    /// </summary>
    /// <remarks>
    /// The options <c>connectTimeout</c> and <c>syncTimeout</c> of the connection string are ignored, because their
    /// defaults of 5 s are longer than a lease.
    /// </remarks>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The number of replicas that must confirm each write, using the command <c>WAIT</c>. Default: 0. Range: 0 to 100.
    /// </summary>
    /// <remarks>
    /// In a split network, the old primary may continue to serve one side while a replica is promoted on the other
    /// side. With 1 or more, a node on the side of the old primary gets no lease, so the limit of the cluster is not
    /// exceeded. A write that is not confirmed counts as failed. The server's setting <c>min-replicas-to-write</c>
    /// serves the same purpose.
    /// </remarks>
    public int ConfirmingReplicas { get; set; }

    /// <summary>
    /// A function that changes the TLS options, for example the client certificate or the check of the server's
    /// certificate. Default: null. Used only if the connection string contains <c>ssl=true</c>.
    /// </summary>
    /// <remarks>Called for each connection, after the settings of the connection string have been applied.</remarks>
    public Action<SslClientAuthenticationOptions>? ConfigureTls { get; set; }
}

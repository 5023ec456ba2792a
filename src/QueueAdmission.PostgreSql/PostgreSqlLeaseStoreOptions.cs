namespace QueueAdmission.PostgreSql;

/// <summary>Settings of the lease store in PostgreSQL, apart from the connection string.</summary>
public sealed class PostgreSqlLeaseStoreOptions
{
    /// <summary>
    /// The longest time that one call may take, including the time to connect. Default: 1 s. Range: 1 s to 10 s, in
    /// whole seconds. A call delays the renewal of all leases of the process.
    /// </summary>
    /// <remarks><c>Timeout</c> and <c>Command Timeout</c> of the connection string are ignored.</remarks>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The schema of the table <c>leases</c>. Default: <c>queue_admission</c>. Allowed: 1 to 63 of the characters
    /// <c>a-z 0-9 _</c>, not beginning with a digit.
    /// </summary>
    public string Schema { get; set; } = "queue_admission";

    /// <summary>
    /// Whether the store creates the schema and the table if they are missing. Default: true. If false, run
    /// <c>sql/leases.sql</c> of the package <c>QueueAdmission.PostgreSql</c>.
    /// </summary>
    public bool CreateSchema { get; set; } = true;
}

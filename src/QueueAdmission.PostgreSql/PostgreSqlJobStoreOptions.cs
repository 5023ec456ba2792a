namespace QueueAdmission.PostgreSql;

/// <summary>Settings of the store of deferred jobs in PostgreSQL, apart from the connection string.</summary>
public sealed class PostgreSqlJobStoreOptions
{
    /// <summary>
    /// The longest time that one call may take, including the time to connect. Default: 5 s. Range: 1 s to 60 s, in
    /// whole seconds. While the server does not answer, a new request waits for this time and then receives a 503.
    /// </summary>
    /// <remarks><c>Timeout</c> and <c>Command Timeout</c> of the connection string are ignored.</remarks>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The schema of the tables and functions. Default: <c>queue_admission</c>. Allowed: 1 to 63 of the characters
    /// <c>a-z 0-9 _</c>, not beginning with a digit.
    /// </summary>
    public string Schema { get; set; } = "queue_admission";

    /// <summary>
    /// Whether the store creates the schema and updates an older one. Default: true. If false, run <c>sql/jobs.sql</c>
    /// and then <c>sql/jobs-2.sql</c> of the package <c>QueueAdmission.PostgreSql</c>.
    /// </summary>
    public bool CreateSchema { get; set; } = true;
}

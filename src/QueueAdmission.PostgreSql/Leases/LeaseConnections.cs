using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>Opens connections to the primary, and creates the table if it is missing.</summary>
internal sealed class LeaseConnections(Func<string?> connectionString, PostgreSqlLeaseStoreOptions options)
    : IDisposable
{
    private const string RunScript = "Run sql/leases.sql of the package QueueAdmission.PostgreSql.";

    private readonly Lock _gate = new();
    private readonly PostgreSqlSource _source = new(connectionString, options.CallTimeout);

    /// <summary>The hosts as text for messages.</summary>
    public string Target => _source.Target;

    /// <summary>Opens a connection with the current connection string.</summary>
    public NpgsqlConnection Open()
    {
        var connection = _source.Open();
        try
        {
            // Two threads open connections, and only one at a time may create the table.
            lock (_gate)
            {
                EnsureTable(connection);
            }
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose() => _source.Dispose();

    private void EnsureTable(NpgsqlConnection connection)
    {
        var persistence = PersistenceOfTable(connection);
        if (persistence is null)
        {
            if (!options.CreateSchema)
            {
                throw new LeaseStoreException(
                    LeaseStoreProblem.Unusable,
                    $"PostgreSQL at {Target}: the table {options.Schema}.leases is missing, "
                    + $"and CreateSchema is false. {RunScript}");
            }
            CreateTable(connection);
        }
        else if (persistence != 'p')
        {
            throw new LeaseStoreException(
                LeaseStoreProblem.Unusable,
                $"PostgreSQL at {Target}: the table {options.Schema}.leases is unlogged, so a crash would empty it. "
                + $"Run: ALTER TABLE {options.Schema}.leases SET LOGGED");
        }
    }

    private char? PersistenceOfTable(NpgsqlConnection connection)
    {
        const string text = "SELECT relpersistence::text FROM pg_class WHERE oid = to_regclass($1)";
        using var command = new NpgsqlCommand(text, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = $"{options.Schema}.leases" });
        return command.ExecuteScalar() is string { Length: 1 } kind ? kind[0] : null;
    }

    private void CreateTable(NpgsqlConnection connection)
    {
        foreach (var statement in Statements())
        {
            try
            {
                var text = statement.Replace("queue_admission", options.Schema, StringComparison.Ordinal);
                using var command = new NpgsqlCommand(text, connection);
                command.ExecuteNonQuery();
            }
            catch (PostgresException exception) when (exception.SqlState is "23505" or "42P06" or "42P07" or "XX000")
            {
                // Another node has created the same object at the same time.
            }
            catch (PostgresException exception) when (exception.SqlState == "42501")
            {
                throw new LeaseStoreException(
                    LeaseStoreProblem.AccessDenied,
                    $"PostgreSQL at {Target}: the account may not create the table {options.Schema}.leases. "
                    + RunScript,
                    exception);
            }
        }
    }

    /// <summary>Returns the statements of the script, to be sent one at a time.</summary>
    /// <remarks>
    /// Npgsql sends several statements on the thread pool, even in a synchronous call. With a starved pool this fails.
    /// </remarks>
    private static string[] Statements()
    {
        const string name = "QueueAdmission.PostgreSql.leases.sql";
        using var stream = typeof(LeaseConnections).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n').Where(
            line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal));
        return string.Join('\n', lines).Split(
            ';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}

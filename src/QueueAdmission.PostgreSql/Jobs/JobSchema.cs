using System.Globalization;
using Npgsql;

namespace QueueAdmission.PostgreSql;

/// <summary>Creates the tables and functions of deferred jobs, and updates those of older releases.</summary>
/// <remarks>
/// <para>Step number <c>n</c> is a script that updates version <c>n</c> to <c>n + 1</c>. Version 0 is a schema without
/// the tables. The statements of a released step never change. All steps run in one transaction, on one node at a
/// time.</para>
/// <para><b>Two releases side by side.</b> The name of a function ends in the version that introduced it, and each
/// release calls the functions that it knows. A step that keeps the older functions working leaves
/// <c>job_store.oldest</c> unchanged, so nodes of the older release continue to work. A step that cannot do so drops
/// the older functions and raises <c>oldest</c>. Nodes of the older release are then refused with the reason, at
/// startup and in each call.</para>
/// </remarks>
internal sealed class JobSchema(PostgreSqlJobStoreOptions options, IReadOnlyList<string> steps)
{
    private const string RunScript =
        "Run these scripts of the package QueueAdmission.PostgreSql in this order, except those that have run before: "
        + "sql/jobs.sql, sql/jobs-2.sql.";

    /// <summary>The steps of this release.</summary>
    public static IReadOnlyList<string> Steps { get; } = [ReadScript("jobs.sql"), ReadScript("jobs-2.sql")];

    /// <summary>Creates or updates the tables and functions, if necessary.</summary>
    /// <exception cref="JobStoreException">
    /// An update is necessary but not allowed, or the tables are those of a newer release.
    /// </exception>
    public void Update(NpgsqlConnection connection, string target)
    {
        if (IsUpToDate(connection, target))
        {
            return;
        }
        if (!options.CreateSchema)
        {
            throw new JobStoreException(
                JobStoreProblem.Unusable,
                $"PostgreSQL at {target}: the tables of deferred jobs in the schema {options.Schema} are missing "
                + $"or out of date, and CreateSchema is false. {RunScript}");
        }
        try
        {
            using var transaction = connection.BeginTransaction(System.Data.IsolationLevel.ReadCommitted);
            // Nodes that start together wait here for the first one.
            Execute(connection, $"SELECT pg_advisory_xact_lock(hashtextextended('{options.Schema}.job_store', 0))");
            if (!IsUpToDate(connection, target))
            {
                RunSteps(connection);
            }
            transaction.Commit();
        }
        catch (PostgresException exception) when (exception.SqlState == "42501")
        {
            throw new JobStoreException(
                JobStoreProblem.AccessDenied,
                $"PostgreSQL at {target}: the account may not create the tables of deferred jobs "
                + $"in the schema {options.Schema}. {RunScript}",
                exception);
        }
    }

    /// <summary>
    /// Returns the reason why this release cannot use the tables, after a call has failed. Null if the call failed for
    /// another reason.
    /// </summary>
    public JobStoreException? ProblemOf(NpgsqlConnection connection, string target)
    {
        try
        {
            return IsUpToDate(connection, target)
                ? null
                : new JobStoreException(
                    JobStoreProblem.Unusable,
                    $"PostgreSQL at {target}: the tables of deferred jobs in the schema {options.Schema} "
                    + "are missing or out of date.");
        }
        catch (JobStoreException exception)
        {
            return exception;
        }
        catch (NpgsqlException)
        {
            // The call has failed for another reason, which the caller reports.
            return null;
        }
    }

    private static string ReadScript(string name)
    {
        using var stream = typeof(JobSchema).Assembly.GetManifestResourceStream($"QueueAdmission.PostgreSql.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static void Execute(NpgsqlConnection connection, string text)
    {
        using var command = new NpgsqlCommand(text, connection);
        command.ExecuteNonQuery();
    }

    private bool IsUpToDate(NpgsqlConnection connection, string target)
    {
        if (Read(connection) is not var (version, oldest))
        {
            return false;
        }
        if (oldest > steps.Count)
        {
            throw new JobStoreException(
                JobStoreProblem.Unusable,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"PostgreSQL at {target}: the schema {options.Schema} has the tables of a newer release "
                    + $"(version {version}), which releases before version {oldest} cannot use. "
                    + $"This release uses version {steps.Count}. Update the application."));
        }
        return version >= steps.Count;
    }

    private (int Version, int Oldest)? Read(NpgsqlConnection connection)
    {
        using (var exists = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection))
        {
            exists.Parameters.Add(new NpgsqlParameter { Value = $"{options.Schema}.job_store" });
            if (exists.ExecuteScalar() is not true)
            {
                return null;
            }
        }
        using var command = new NpgsqlCommand($"SELECT version, oldest FROM {options.Schema}.job_store", connection);
        using var rows = command.ExecuteReader();
        return rows.Read() ? (rows.GetInt32(0), rows.GetInt32(1)) : null;
    }

    /// <summary>Runs the steps that the tables do not have yet, one statement at a time.</summary>
    /// <remarks>Npgsql would send several statements on the thread pool, which may be starved.</remarks>
    private void RunSteps(NpgsqlConnection connection)
    {
        for (var i = Read(connection)?.Version ?? 0; i < steps.Count; i++)
        {
            var script = steps[i].Replace("queue_admission", options.Schema, StringComparison.Ordinal);
            var statements = script.Split(
                ";\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            foreach (var statement in statements)
            {
                Execute(connection, statement);
            }
        }
    }
}
